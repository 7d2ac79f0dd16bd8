// @ts-check
'use strict';

/**
 * Every option of a pool, described once: its type, its default, and the kinds of workers that have it. The reader uses
 * these descriptions, and tests compare the documentation and the types with them.
 *
 * @typedef {'threads' | 'processes'} Kind
 *
 * @typedef {object} OptionSpec
 * @property {string} path
 * @property {'integer' | 'count' | 'string' | 'script' | 'strings' | 'resourceLimits' | 'env' | 'any'} type
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} [unit]
 * @property {number | 'auto'} [default]
 * @property {readonly Kind[]} kinds
 */

const MAX_MS = 2 ** 31 - 1;
const MAX_WORKERS = 1024;

/** @type {readonly Kind[]} */
const BOTH = Object.freeze(['threads', 'processes']);
/** @type {readonly Kind[]} */
const THREADS = Object.freeze(['threads']);
/** @type {readonly Kind[]} */
const PROCESSES = Object.freeze(['processes']);

/** @type {readonly OptionSpec[]} */
const OPTIONS = Object.freeze([
  { path: 'script', type: 'script', kinds: BOTH },
  { path: 'command', type: 'string', kinds: PROCESSES },
  // One for each core except that of the main JavaScript thread, at least 1.
  { path: 'threads', type: 'count', min: 1, max: MAX_WORKERS, default: 'auto', kinds: THREADS },
  { path: 'processes', type: 'count', min: 1, max: MAX_WORKERS, default: 'auto', kinds: PROCESSES },
  { path: 'workerData', type: 'any', kinds: THREADS },
  { path: 'resourceLimits', type: 'resourceLimits', kinds: THREADS },
  { path: 'args', type: 'strings', kinds: PROCESSES },
  { path: 'cwd', type: 'string', kinds: PROCESSES },
  { path: 'tasks', type: 'strings', kinds: PROCESSES },
  { path: 'events', type: 'strings', kinds: PROCESSES },
  { path: 'env', type: 'env', kinds: BOTH },
  { path: 'execArgv', type: 'strings', kinds: BOTH },
  // Enough for handlers that wait for a database, and few enough that an idle worker finds calls to steal.
  integer('maxInFlight', 1, 65_536, 'calls', 64),
  milliseconds('startTimeoutMs', 1, 30_000),
  integer('maxCalls', 1, 2 ** 40, 'calls'),
  milliseconds('maxAgeMs', 1),
  integer('maxMemoryBytes', 1, 2 ** 40, 'bytes'),
  milliseconds('pingIntervalMs', 1, 5000),
  // No limit by default, since a single call may block the JavaScript of a worker for any time.
  milliseconds('pingTimeoutMs', 0, 30_000),
  milliseconds('killAfterMs', 0),
  milliseconds('restart.minDelayMs', 1, 100),
  milliseconds('restart.maxDelayMs', 1, 10_000),
  integer('restart.maxFailures', 0, 1_000_000, 'failures'),
  milliseconds('drainTimeoutMs', 0, 10_000),
]);

/** The limits of a thread that Node knows, each in the unit that its name ends with. */
const RESOURCE_LIMITS = Object.freeze([
  'maxOldGenerationSizeMb',
  'maxYoungGenerationSizeMb',
  'codeRangeSizeMb',
  'stackSizeMb',
]);

/**
 * @param {string} path
 * @param {number} min
 * @param {number} max
 * @param {string} unit
 * @param {number} [value] its default
 * @returns {OptionSpec}
 */
function integer(path, min, max, unit, value) {
  return { path, type: 'integer', min, max, unit, default: value, kinds: BOTH };
}

/**
 * @param {string} path
 * @param {number} min
 * @param {number} [value] its default
 * @returns {OptionSpec}
 */
function milliseconds(path, min, value) {
  return integer(path, min, MAX_MS, 'milliseconds', value);
}

module.exports = { MAX_WORKERS, OPTIONS, RESOURCE_LIMITS };
