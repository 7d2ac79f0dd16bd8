// @ts-check
'use strict';

const { DEFAULT_CLOSE_TIMEOUT_MS, MAX_TIMEOUT_MS } = require('../registration');
const { OPTIONS: POOL_SPECS } = require('../workers/spec');
const { POOL_OPTIONS } = require('./pool-options');
const { SERVER_OPTIONS } = require('./server-options');

/** The port of the documentation's examples. */
const DEFAULT_PORT = 7070;

/** Paths of an option begin with these; its flag does not repeat them. */
const SILENT_GROUPS = /^(?:limits\.multipart|limits|pool)\./;

/**
 * @typedef {object} CliOption
 * @property {string} path its path in the configuration file, and in the options of the server
 * @property {string} flag without the dashes
 * @property {string} [short] one letter
 * @property {string} variable of the environment
 * @property {'integer' | 'boolean' | 'string'} type
 * @property {boolean} isList whether it can be given several times
 * @property {boolean} takesOne whether a list of one is passed as the value itself: `'*'` is not allowed in a list of origins
 * @property {string} section of the help
 * @property {string} help
 * @property {string} value placeholder of its value; empty for a boolean
 * @property {string} detail range and default, for the help
 *
 * @typedef {object} Spec what the core and `lib/workers` say of an option
 * @property {string} path
 * @property {string} type
 * @property {string} [name] of a type that is neither a number nor a boolean
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} [unit]
 * @property {null | number | boolean | string | string[]} [default]
 */

/**
 * All options of `serve`, in the order of the help.
 *
 * @returns {CliOption[]}
 */
function serveOptions() {
  return [...cliOptions(), ...poolOptions(), ...serverOptions()];
}

/** @returns {CliOption[]} */
function cliOptions() {
  const section = 'Command';
  return [
    own({
      path: 'script',
      section,
      value: 'FILE',
      help: 'The script, instead of SCRIPT.',
      detail: '',
    }),
    own({
      path: 'log',
      section,
      value: 'FORMAT',
      help: 'Format of the log: json or pretty.',
      detail: 'pretty on a terminal, else json',
    }),
    own({
      path: 'closeTimeoutMs',
      type: 'integer',
      section,
      value: 'MS',
      help: 'How long running calls may take at shutdown.',
      detail: `0 to ${MAX_TIMEOUT_MS}; ${DEFAULT_CLOSE_TIMEOUT_MS}`,
    }),
    own({
      path: 'watch',
      type: 'boolean',
      section,
      value: '',
      help: 'Replaces the workers when files in the folder of the script change.',
      detail: '',
    }),
  ];
}

/**
 * @param {Pick<CliOption, 'path' | 'section' | 'value' | 'help' | 'detail'> & Partial<CliOption>} option
 * @returns {CliOption}
 */
function own(option) {
  const flag = flagOf(option.path);
  return {
    flag,
    variable: variableOf(flag),
    type: 'string',
    isList: false,
    takesOne: true,
    ...option,
  };
}

/** @returns {CliOption[]} */
function serverOptions() {
  const { optionSpecs } = require('../binding').loadBinding();
  /** @type {Spec[]} */
  const specs = JSON.parse(optionSpecs());
  return described(SERVER_OPTIONS, specs, '');
}

/** @returns {CliOption[]} */
function poolOptions() {
  return described(POOL_OPTIONS, POOL_SPECS, 'pool.');
}

/**
 * @param {Record<string, import('./server-options').Description>} descriptions by path
 * @param {readonly Spec[]} specs
 * @param {string} prefix of the paths in the configuration file
 * @returns {CliOption[]}
 */
function described(descriptions, specs, prefix) {
  const byPath = new Map(specs.map((spec) => [spec.path, spec]));
  return Object.entries(descriptions).map(([inner, { flag = flagOf(`${prefix}${inner}`), help, value }]) => {
    const spec = /** @type {Spec} */ (byPath.get(inner));
    const type = typeOf(spec);
    const isList = spec.type === 'strings' || (spec.name?.includes('string[]') ?? false);
    return {
      path: `${prefix}${inner}`,
      flag,
      variable: variableOf(flag),
      type,
      isList,
      takesOne: spec.type !== 'strings' && spec.name !== 'string[]',
      section: sectionOf(`${prefix}${inner}`),
      help,
      value: type === 'boolean' ? '' : (value ?? placeholder(flag, type)),
      detail: detailOf(spec),
    };
  });
}

/** @param {Spec} spec */
function typeOf({ type }) {
  if (type === 'integer' || type === 'count') return 'integer';
  return type === 'boolean' ? 'boolean' : 'string';
}

/** @param {string} path */
function flagOf(path) {
  const named = path.replace(SILENT_GROUPS, '');
  return named.replace(/\.|(?=[A-Z])/g, '-').toLowerCase();
}

/** @param {string} flag */
function variableOf(flag) {
  return `RUNNER_NATIVE_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** @param {string} path */
function sectionOf(path) {
  if (/^(?:auth|allowList)\./.test(path)) return 'Access';
  if (path.startsWith('cors.')) return 'CORS';
  if (/^(?:pool|workers)\./.test(path)) return 'Worker';
  return path.startsWith('limits.') ? 'Limits' : 'Network';
}

/**
 * @param {string} flag
 * @param {string} type
 */
function placeholder(flag, type) {
  if (type === 'integer' && flag.endsWith('-ms')) return 'MS';
  if (type === 'integer' && flag.endsWith('-bytes')) return 'BYTES';
  return type === 'integer' ? 'N' : (flag.split('-').at(-1)?.toUpperCase() ?? '');
}

/** @param {Spec} spec */
function detailOf({ path, type, min, max, unit, default: value }) {
  const shown = path === 'port' ? DEFAULT_PORT : value;
  const isNumber = type === 'integer' || type === 'count';
  const range = isNumber ? `${min} to ${max}${unit === 'seconds' ? ' seconds' : ''}` : '';
  // The number of workers has a default only where something else asks for workers.
  const hasDefault = shown !== undefined && shown !== null && shown !== false && type !== 'count';
  const standard = hasDefault ? [shown].flat().join(', ') : '';
  return [range, standard].filter((part) => part !== '').join('; ');
}

module.exports = { DEFAULT_PORT, serveOptions };
