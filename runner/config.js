// @ts-check
'use strict';

const { configError, show } = require('../lib/errors');
const { CLOSE_TIMEOUT, isMilliseconds } = require('../lib/registration');
const { readOptions } = require('../lib/snapshot');

/** The largest limits that the server accepts, in place of nodeExposure's `Infinity`. */
const MAX_LIMIT = 2 ** 32 - 1;
/** @type {Record<string, number>} */
const MAX_LIMITS = {
  'limits.maxJsonBytes': 256 * 1024 * 1024,
  'limits.multipart.maxFieldBytes': 256 * 1024 * 1024,
  'limits.multipart.maxFileBytes': 2 ** 40,
  // nodeExposure's parser accepts 2000, regardless of this setting.
  'limits.multipart.maxPartHeaders': 32,
};

/**
 * The option of `TunnelServer` for each setting of the application. `open`, `closeTimeoutMs` and `streamIterables` are
 * not options of it; `server` has none, since an application with a server of its own is served by nodeExposure.
 */
const SETTINGS = {
  http: {
    basePath: 'basePath',
    server: '',
    listen: { port: 'port', host: 'host' },
    auth: { header: 'auth.header', token: 'auth.token', allowAnonymous: 'auth.allowAnonymous' },
    cors: {
      origin: 'cors.origin',
      methods: 'cors.methods',
      allowedHeaders: 'cors.allowedHeaders',
      exposedHeaders: 'cors.exposedHeaders',
      credentials: 'cors.credentials',
      maxAge: 'cors.maxAge',
      varyOrigin: 'cors.varyOrigin',
    },
    limits: {
      json: { maxSize: 'limits.maxJsonBytes' },
      multipart: {
        fieldNameSize: 'limits.multipart.maxFieldNameBytes',
        fieldSize: 'limits.multipart.maxFieldBytes',
        fields: 'limits.multipart.maxFields',
        fileSize: 'limits.multipart.maxFileBytes',
        files: 'limits.multipart.maxFiles',
        parts: 'limits.multipart.maxParts',
        headerPairs: 'limits.multipart.maxPartHeaders',
      },
    },
    dangerouslyAllowOpenExposure: 'open',
    disableDiscovery: 'disableDiscovery',
    fallback: 'fallback',
  },
  native: {
    ioThreads: 'ioThreads',
    closeTimeoutMs: 'closeTimeoutMs',
    streamIterables: 'streamIterables',
    limits: {
      maxHeaderBytes: 'limits.maxHeaderBytes',
      maxHeaderCount: 'limits.maxHeaderCount',
      maxConnections: 'limits.maxConnections',
      maxQueuedCalls: 'limits.maxQueuedCalls',
      maxBufferedBodyBytes: 'limits.maxBufferedBodyBytes',
      headersTimeoutMs: 'limits.headersTimeoutMs',
      requestTimeoutMs: 'limits.requestTimeoutMs',
      bodyTimeoutMs: 'limits.bodyTimeoutMs',
      minBodyBytesPerSecond: 'limits.minBodyBytesPerSecond',
      keepAliveTimeoutMs: 'limits.keepAliveTimeoutMs',
      lingerTimeoutMs: 'limits.lingerTimeoutMs',
      handlerTimeoutMs: 'limits.handlerTimeoutMs',
    },
  },
};

/** @typedef {import('../index').ConfigProblem} ConfigProblem */

/**
 * The settings by their options: {@link SETTINGS} inverted.
 *
 * @type {Map<string, string>}
 */
const ORIGINS = new Map();

/**
 * Translates a value from nodeExposure's meaning to the server's; undefined for one that counts as absent.
 *
 * @param {string} option
 * @param {any} value
 */
function translate(option, value) {
  if (value === null) return undefined;
  if (option === 'limits.multipart.maxPartHeaders') {
    return typeof value === 'number' ? Math.min(value, MAX_LIMITS[option]) : value;
  }
  if (value === Number.POSITIVE_INFINITY && option.startsWith('limits.')) {
    return MAX_LIMITS[option] ?? MAX_LIMIT;
  }
  switch (option) {
    case 'auth.token':
      return value === '' ? undefined : value;
    case 'cors.methods':
    case 'cors.allowedHeaders':
    case 'cors.exposedHeaders':
      return isEmptyList(value) ? undefined : value;
  }
  return value;
}

/** @param {unknown} value */
function isEmptyList(value) {
  return Array.isArray(value) && value.length === 0;
}

/**
 * Copies a configuration, of which each value is read once: a getter or a Proxy may return another value at each read.
 * The application's own `http.server` is not copied.
 *
 * @param {unknown} config of `nativeExposure`
 * @returns {{ copy: any, problems: ConfigProblem[] }} `problems` lists what cannot be read
 */
function readConfig(config) {
  return readOptions(config, ['http.server']);
}

/**
 * The options of `TunnelServer` for a configuration, and the problems of what does not become an option.
 *
 * @param {unknown} config
 */
function read(config) {
  const { copy, problems } = readConfig(config);
  /** @type {any} */
  const options = { auth: {} };
  readSection(copy, SETTINGS, '', options, problems);
  const { open = false, closeTimeoutMs, streamIterables = false, ...rest } = options;
  for (const [path, flag] of [
    ['http.dangerouslyAllowOpenExposure', open],
    ['native.streamIterables', streamIterables],
  ]) {
    if (typeof flag !== 'boolean') problems.push({ path, received: show(flag), expected: 'true or false' });
  }
  if (closeTimeoutMs !== undefined && !isMilliseconds(closeTimeoutMs, 0)) {
    const path = 'native.closeTimeoutMs';
    problems.push({ path, received: show(closeTimeoutMs), expected: CLOSE_TIMEOUT });
  }
  const own = { open: open === true, streamIterables: streamIterables === true, closeTimeoutMs };
  return { options: rest, ...own, problems };
}

/**
 * @param {any} section
 * @param {Record<string, any>} settings
 * @param {string} path
 * @param {any} options filled with what is found
 * @param {ConfigProblem[]} problems filled with what is wrong
 */
function readSection(section, settings, path, options, problems) {
  if (section === undefined || section === null) return;
  if (typeof section !== 'object' || Array.isArray(section)) {
    problems.push({ path: path || 'config', received: show(section), expected: 'an object' });
    return;
  }
  for (const key of Object.keys(section)) {
    const here = path === '' ? key : `${path}.${key}`;
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (setting === undefined) {
      const expected = `one of: ${Object.keys(settings).join(', ')}`;
      problems.push({ path: here, received: 'an unknown option', expected });
    } else if (typeof setting === 'object') readSection(section[key], setting, here, options, problems);
    else if (setting !== '') set(options, setting, translate(setting, section[key]));
  }
}

/**
 * @param {any} options
 * @param {string} option
 * @param {unknown} value
 */
function set(options, option, value) {
  if (value === undefined) return;
  const keys = option.split('.');
  const last = /** @type {string} */ (keys.pop());
  let section = options;
  for (const key of keys) {
    section[key] ??= {};
    section = section[key];
  }
  section[last] = value;
}

/** The validator for an empty list of tokens, which no token matches. */
const rejectAll = () => ({ ok: false });

/**
 * The options of `TunnelServer` for a configuration. Its problems are passed to {@link checked}.
 *
 * @param {any} config of `nativeExposure`
 * @param {object} given by the application
 * @param {Array<(request: any) => any>} [given.validators]
 * @param {import('../index').TunnelLogger} [given.logger]
 */
function serverOptions(config, { validators = [], logger }) {
  const { options, problems, ...own } = read(config);
  const takesNoToken = isEmptyList(options.auth.token);
  if (takesNoToken) delete options.auth.token;
  const validate = takesNoToken ? [...validators, rejectAll] : validators;
  if (validate.length > 0) options.auth.validate = validate;
  if (logger !== undefined) options.logger = logger;
  return { options, ...own, basePath: basePathOf(options.basePath), problems };
}

/**
 * Normalizes a base path as the server and nodeExposure do: with a leading slash and without a trailing one.
 *
 * @param {unknown} setting
 */
function basePathOf(setting) {
  if (typeof setting !== 'string') return '/__runner';
  const path = setting.startsWith('/') ? setting : `/${setting}`;
  return path.endsWith('/') && path !== '/' ? path.slice(0, -1) : path;
}

/**
 * Creates the server. Reports all problems of a configuration as one error, with the paths of its settings.
 *
 * @template Server
 * @param {ConfigProblem[]} problems those found so far
 * @param {() => Server} create `new TunnelServer` with the options
 * @returns {Server}
 */
function checked(problems, create) {
  let server;
  try {
    server = create();
  } catch (error) {
    const found = /** @type {any} */ (error);
    if (found?.code !== 'CONFIG_INVALID' || !Array.isArray(found.problems)) throw error;
    throw configError('nativeExposure', [...problems, ...found.problems.map(inConfig)]);
  }
  if (problems.length > 0) throw configError('nativeExposure', problems);
  return server;
}

/**
 * Replaces the option's path in a problem by that of its setting.
 *
 * @param {ConfigProblem} problem
 * @returns {ConfigProblem}
 */
function inConfig(problem) {
  const { path } = problem;
  const option = path.replace(/\[\d+\]$/, '');
  const setting = ORIGINS.get(option);
  return setting === undefined ? problem : { ...problem, path: setting + path.slice(option.length) };
}

/**
 * @param {Record<string, any>} settings
 * @param {string} path
 */
function addOrigins(settings, path) {
  for (const [key, setting] of Object.entries(settings)) {
    if (typeof setting === 'string') ORIGINS.set(setting, path + key);
    else addOrigins(setting, `${path}${key}.`);
  }
}
addOrigins(SETTINGS, '');

module.exports = { ORIGINS, checked, readConfig, serverOptions };
