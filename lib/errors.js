// @ts-check
'use strict';

const { isNativeError } = require('node:util/types');
const { stringify } = require('./primordials');

/** Marks typed errors across copies of this package and across realms. */
const TYPED = Symbol.for('@bluelibs/runner-native.TunnelError');

const OPTIONS = ['message', 'code', 'httpCode', 'id', 'data', 'cause'];
const DEFAULT_CODE = 'INTERNAL_ERROR';
const DEFAULT_STATUS = 500;

/** The body of a 500 that says nothing about its cause; the core writes the same. */
const INTERNAL_ERROR_BODY = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/** The codes of the errors that this package throws, with what each means. */
const ApiErrorCode = Object.freeze({
  BINARY_UNAVAILABLE: 'The native binary cannot be loaded; `reasons` says why for each file that was tried',
  CONFIG_INVALID: 'An option cannot be used; `problems` lists every one with its path',
  ID_INVALID: 'The id of a task or event is empty or not a string',
  HANDLER_INVALID: 'The handler is not a function, or its options cannot be used',
  ID_TAKEN: 'The id has a handler already',
  HANDLER_CONFLICT: 'Workers, or a worker and the main thread, register an id with different options',
  STATE_INVALID: 'The server is not in a state in which this can be done',
  WORKER_START_FAILED: 'A worker of a pool has ended before it was ready, or was not ready in time',
  FILE_CONSUMED: 'The stream of an input file was asked for before',
  FILE_UNAVAILABLE: 'The call that an input file belongs to is over',
  EADDRINUSE: 'The port is taken',
  EACCES: 'The port may not be bound by this user',
  EADDRNOTAVAIL: 'The host is not an address of this machine',
  ENOTFOUND: 'The host name cannot be resolved',
  LISTEN_FAILED: 'The operating system refused for another reason, which the message gives',
});

/** An error whose message reaches the client. Any other thrown value is a 500 that says nothing about its cause. */
class TunnelError extends Error {
  /** @param {import('../index').TunnelErrorOptions} options */
  constructor(options) {
    const { message, code = DEFAULT_CODE, httpCode, id, data } = check(options);
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (httpCode !== undefined) this.httpCode = httpCode;
    if (id !== undefined) this.id = id;
    if (data !== undefined) this.data = data;
  }
}

Object.defineProperty(TunnelError.prototype, 'name', {
  value: 'TunnelError',
  configurable: true,
  writable: true,
});
Object.defineProperty(TunnelError.prototype, TYPED, { value: true });

/**
 * Checks the options of an error, which are read once.
 *
 * @param {any} options
 * @returns {import('../index').TunnelErrorOptions}
 */
function check(options) {
  if (options === null || typeof options !== 'object') {
    throw apiError(
      TypeError,
      'CONFIG_INVALID',
      `TunnelError: received ${show(options)}, expected an object of options`,
    );
  }
  /** @type {import('../index').ConfigProblem[]} */
  const problems = [];
  const expect = (
    /** @type {string} */ path,
    /** @type {boolean} */ isValid,
    /** @type {string} */ expected,
  ) => {
    if (!isValid) problems.push({ path, received: show(values[path]), expected });
  };
  const { message, code, httpCode, id, data } = options;
  /** @type {Record<string, unknown>} */
  const values = { message, code, httpCode, id };
  expect('message', typeof message === 'string', 'a string');
  expect('code', code === undefined || (typeof code === 'string' && code !== ''), 'a non-empty string');
  const isStatus = Number.isInteger(httpCode) && httpCode >= 400 && httpCode <= 599;
  expect('httpCode', httpCode === undefined || isStatus, 'an integer from 400 to 599');
  expect('id', id === undefined || typeof id === 'string', 'a string');
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) {
      problems.push({ path: key, received: 'an unknown option', expected: `one of: ${OPTIONS.join(', ')}` });
    }
  }
  if (problems.length > 0) throw configError('TunnelError', problems);
  return { message, code, httpCode, id, data };
}

/**
 * What the client gets for a thrown value: nothing unless it is a `TunnelError`. `unsent` says why one cannot be sent:
 * it was changed, or its data cannot be serialized.
 *
 * @param {any} thrown
 * @returns {{ status?: number, text?: string, unsent?: string }}
 */
function publicError(thrown) {
  try {
    if (thrown === null || typeof thrown !== 'object' || thrown[TYPED] !== true) return {};
    const { message, code, id, data, httpCode } = thrown;
    check({ message, code, id, data, httpCode });
    return {
      status: httpCode ?? DEFAULT_STATUS,
      text: stringify({ message, code, id, data, httpCode }),
    };
  } catch (error) {
    return { unsent: messageOf(error) };
  }
}

/**
 * The message of a thrown value.
 *
 * @param {unknown} thrown
 */
function messageOf(thrown) {
  try {
    return isNativeError(thrown) || thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return 'a value that cannot be shown';
  }
}

/**
 * A thrown value for the log: its message, and its stack if it has one.
 *
 * @param {unknown} thrown
 * @returns {{ error: string, stack?: string }}
 */
function describe(thrown) {
  const error = messageOf(thrown);
  try {
    const { stack } = /** @type {any} */ (thrown);
    return typeof stack === 'string' ? { error, stack } : { error };
  } catch {
    return { error };
  }
}

/**
 * @param {ErrorConstructor | TypeErrorConstructor} Type
 * @param {keyof typeof ApiErrorCode} code
 * @param {string} message
 * @param {object} [details]
 */
function apiError(Type, code, message, details) {
  return Object.assign(new Type(message), { code }, details);
}

/**
 * One error that lists all problems.
 *
 * @param {string} what
 * @param {import('../index').ConfigProblem[]} problems
 */
function configError(what, problems) {
  const lines = problems.map(
    ({ path, received, expected }) => `  ${path}: received ${received}, expected ${expected}`,
  );
  return apiError(TypeError, 'CONFIG_INVALID', `${what}: invalid options\n${lines.join('\n')}`, { problems });
}

/**
 * A value as error messages quote it.
 *
 * @param {unknown} value
 */
function show(value) {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'bigint' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

module.exports = {
  ApiErrorCode,
  INTERNAL_ERROR_BODY,
  TunnelError,
  apiError,
  configError,
  describe,
  messageOf,
  publicError,
  show,
};
