// @ts-check
'use strict';

const { DEFAULT_CLOSE_TIMEOUT_MS, MAX_TIMEOUT_MS } = require('../registration');
const { SERVER_OPTIONS } = require('./server-options');

/** The port of the documentation's examples. */
const DEFAULT_PORT = 7070;

/** Paths of an option begin with these; its flag does not repeat them. */
const SILENT_GROUPS = /^(?:limits\.multipart|limits)\./;

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
 * @property {'server' | 'cli'} owner whose option it is
 */

/**
 * All options of `serve`, in the order of the help.
 *
 * @returns {CliOption[]}
 */
function serveOptions() {
  return [...cliOptions(), ...serverOptions()];
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
    owner: 'cli',
    ...option,
  };
}

/** @returns {CliOption[]} */
function serverOptions() {
  const { optionSpecs } = require('../binding').loadBinding();
  /** @type {any[]} */
  const specs = JSON.parse(optionSpecs());
  const byPath = new Map(specs.map((spec) => [spec.path, spec]));
  return Object.entries(SERVER_OPTIONS).map(([path, { flag = flagOf(path), help, value }]) => {
    const spec = byPath.get(path);
    const type = spec.type === 'other' ? 'string' : spec.type;
    return {
      path,
      flag,
      variable: variableOf(flag),
      type,
      isList: spec.name?.includes('string[]') ?? false,
      takesOne: spec.name !== 'string[]',
      section: sectionOf(path),
      help,
      value: type === 'boolean' ? '' : (value ?? placeholder(flag, type)),
      detail: detailOf(spec),
      owner: 'server',
    };
  });
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

/** @param {any} spec */
function detailOf({ path, type, min, max, unit, default: value }) {
  const shown = path === 'port' ? DEFAULT_PORT : value;
  const range = type === 'integer' ? `${min} to ${max}${unit === 'seconds' ? ' seconds' : ''}` : '';
  const standard = shown === null || shown === false ? '' : [shown].flat().join(', ');
  return [range, standard].filter((part) => part !== '').join('; ');
}

module.exports = { DEFAULT_PORT, serveOptions };
