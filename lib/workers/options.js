// @ts-check
'use strict';

const os = require('node:os');

const { configError, show } = require('../errors');
const { readOptions } = require('../snapshot');
const { read } = require('./option-types');
const { OPTIONS } = require('./spec');

/**
 * @typedef {import('./spec').Kind} Kind
 * @typedef {import('../../index').ConfigProblem} ConfigProblem
 *
 * @typedef {object} PoolConfig the options of a pool, checked and complete
 * @property {Kind} kind
 * @property {number} size
 * @property {string | URL} [script]
 * @property {string} [command]
 * @property {string[]} args
 * @property {string} [cwd]
 * @property {string[]} tasks
 * @property {string[]} events
 * @property {unknown} workerData
 * @property {Record<string, number>} [resourceLimits]
 * @property {NodeJS.ProcessEnv | symbol} [env]
 * @property {string[]} [execArgv]
 * @property {number} maxInFlight
 * @property {number} startTimeoutMs
 * @property {number} [maxCalls]
 * @property {number} [maxAgeMs]
 * @property {number} [maxMemoryBytes]
 * @property {number} pingIntervalMs
 * @property {number} pingTimeoutMs
 * @property {number} [killAfterMs]
 * @property {{ minDelayMs: number, maxDelayMs: number, maxFailures: number | undefined }} restart
 * @property {number} drainTimeoutMs
 */

/** Options that are the caller's as they are: a copy of a URL is none, and what is cloned into a thread Node reads. */
const KEPT = ['script', 'workerData'];

/**
 * Reads the options of a pool, once.
 *
 * @param {unknown} options
 * @returns {PoolConfig}
 * @throws `CONFIG_INVALID` with every problem
 */
function poolConfig(options) {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw invalid([{ path: 'options', received: show(options), expected: 'an object' }]);
  }
  const { copy, problems } = readOptions(options, KEPT);
  if (problems.length > 0) throw invalid(problems);
  const kind = kindOf(copy, problems);
  problems.push(...unknownKeys(copy), ...ofOtherKind(copy, kind));
  const specs = OPTIONS.filter(({ kinds }) => kinds.includes(kind));
  const values = new Map(
    specs.map((spec) => [spec.path, read(spec, valueAt(copy, spec.path), kind, problems)]),
  );
  together(values, problems);
  if (problems.length > 0) throw invalid(problems);
  return complete(kind, values);
}

/** @param {ConfigProblem[]} problems */
function invalid(problems) {
  return configError('startWorkers', problems);
}

/**
 * The kind of workers of a pool: processes if a command or a number of processes is given, threads otherwise.
 *
 * @param {any} copy
 * @param {ConfigProblem[]} problems filled if neither is given
 * @returns {Kind}
 */
function kindOf(copy, problems) {
  const { script, command, threads, processes } = copy;
  if (script === undefined && command === undefined) {
    problems.push({ path: 'script', received: 'undefined', expected: 'a script, or a command' });
  } else if (script !== undefined && command !== undefined) {
    problems.push({ path: 'command', received: show(command), expected: 'a script or a command, not both' });
  }
  if (threads !== undefined && processes !== undefined) {
    problems.push({
      path: 'processes',
      received: show(processes),
      expected: 'threads or processes, not both',
    });
  }
  return processes !== undefined || command !== undefined ? 'processes' : 'threads';
}

/**
 * @param {any} copy
 * @returns {ConfigProblem[]}
 */
function unknownKeys(copy) {
  const top = keysUnder('');
  const problems = Object.keys(copy)
    .filter((key) => !top.includes(key))
    .map((key) => unknown(key, top));
  const restart = copy.restart;
  if (restart === undefined) return problems;
  if (restart === null || typeof restart !== 'object' || Array.isArray(restart)) {
    return [...problems, { path: 'restart', received: show(restart), expected: 'an object' }];
  }
  const inner = keysUnder('restart.');
  const strays = Object.keys(restart).filter((key) => !inner.includes(key));
  return [...problems, ...strays.map((key) => unknown(`restart.${key}`, inner))];
}

/** @param {string} path @param {string[]} known @returns {ConfigProblem} */
function unknown(path, known) {
  return { path, received: 'an unknown option', expected: `one of: ${known.join(', ')}` };
}

/** @param {string} prefix */
function keysUnder(prefix) {
  const below = OPTIONS.map(({ path }) => path).filter((path) => path.startsWith(prefix));
  return [...new Set(below.map((path) => path.slice(prefix.length).split('.')[0]))];
}

/**
 * The problems of options that workers of this kind do not have.
 *
 * @param {any} copy
 * @param {Kind} kind
 * @returns {ConfigProblem[]}
 */
function ofOtherKind(copy, kind) {
  const foreign = OPTIONS.filter(({ path, kinds }) => !kinds.includes(kind) && copy[path] !== undefined);
  return foreign.map(({ path }) => ({
    path,
    received: show(copy[path]),
    expected: `nothing: the workers of this pool are ${kind}`,
  }));
}

/**
 * @param {any} copy
 * @param {string} path
 */
function valueAt(copy, path) {
  const [outer, inner] = path.split('.');
  return inner === undefined ? copy[outer] : copy[outer]?.[inner];
}

/**
 * Checks that involve several options.
 *
 * @param {Map<string, any>} values
 * @param {ConfigProblem[]} problems
 */
function together(values, problems) {
  const min = values.get('restart.minDelayMs');
  const max = values.get('restart.maxDelayMs');
  if (min > max) {
    problems.push({
      path: 'restart.maxDelayMs',
      received: show(max),
      expected: `at least restart.minDelayMs (${min})`,
    });
  }
  if (values.get('command') !== undefined && values.get('execArgv') !== undefined) {
    problems.push({
      path: 'execArgv',
      received: 'an array',
      expected: 'nothing: only scripts are run by Node',
    });
  }
}

/**
 * @param {Kind} kind
 * @param {Map<string, any>} values
 * @returns {PoolConfig}
 */
function complete(kind, values) {
  const given = values.get(kind);
  /** @type {any} */
  const config = { kind, size: given === 'auto' ? availableWorkers() : given };
  for (const [path, value] of values) {
    const [outer, inner] = path.split('.');
    if (inner === undefined) config[outer] = value;
    else config[outer] = { ...config[outer], [inner]: value };
  }
  const { args = [], tasks = [], events = [], env } = config;
  return { ...config, args, tasks, events, env: isRecord(env) ? withoutUndefined(env) : env };
}

/** @param {unknown} env @returns {env is Record<string, string | undefined>} */
function isRecord(env) {
  return typeof env === 'object';
}

/** @param {Record<string, string | undefined>} env */
function withoutUndefined(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** One for each core but that of the main JavaScript, at least one. */
function availableWorkers() {
  const cores = os.availableParallelism?.() ?? os.cpus().length;
  return Math.max(1, cores - 1);
}

module.exports = { poolConfig };
