// @ts-check
'use strict';

const { configError, show } = require('../errors');
const { MAX_TIMEOUT_MS, isMilliseconds, isWellFormed } = require('../registration');
const { readOptions } = require('../snapshot');

/**
 * @typedef {object} Entry a handler of a worker
 * @property {string} id
 * @property {(input: any, context: any) => unknown} handler
 * @property {Record<string, unknown>} options of its registration
 *
 * @typedef {object} WorkerOptions
 * @property {Map<string, Entry>} tasks
 * @property {Map<string, Entry>} events
 * @property {number} [maxInFlight]
 * @property {() => unknown} [onShutdown]
 */

/** The limit of `maxInFlight` of a pool. */
const MAX_IN_FLIGHT = 65_536;

const OPTIONS = ['tasks', 'events', 'maxInFlight', 'onShutdown'];

/** Options of a handler, in addition to `handler`. */
const HANDLER_OPTIONS = { task: ['timeoutMs', 'idempotent'], event: ['timeoutMs', 'idempotent', 'parallel'] };

/**
 * Reads and checks the options of `serveWorker`.
 *
 * @param {any} options
 * @returns {WorkerOptions}
 * @throws `CONFIG_INVALID`, with every problem
 */
function readWorkerOptions(options) {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw configError('serveWorker', [{ path: 'options', received: show(options), expected: 'an object' }]);
  }
  const { copy, problems } = readOptions(options);
  const refuse = (
    /** @type {string} */ path,
    /** @type {string} */ received,
    /** @type {string} */ expected,
  ) => {
    problems.push({ path, received, expected });
  };
  refuseUnknown(copy, OPTIONS, '', refuse);
  const { tasks, events, maxInFlight, onShutdown } = copy;
  if (maxInFlight !== undefined && !isCount(maxInFlight)) {
    refuse('maxInFlight', show(maxInFlight), `an integer from 1 to ${MAX_IN_FLIGHT}`);
  }
  if (onShutdown !== undefined && typeof onShutdown !== 'function') {
    refuse('onShutdown', show(onShutdown), 'a function');
  }
  const entries = { tasks: readEntries('task', tasks, refuse), events: readEntries('event', events, refuse) };
  if (problems.length === 0 && entries.tasks.size + entries.events.size === 0) {
    refuse('tasks', 'no handler, and none in events', 'a handler at least');
  }
  if (problems.length > 0) throw configError('serveWorker', problems);
  return { ...entries, maxInFlight, onShutdown };
}

/** @typedef {(path: string, received: string, expected: string) => void} Refuse */

/**
 * @param {'task' | 'event'} kind
 * @param {any} handlers
 * @param {Refuse} refuse
 */
function readEntries(kind, handlers, refuse) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  if (handlers === undefined) return entries;
  if (handlers === null || typeof handlers !== 'object' || Array.isArray(handlers)) {
    refuse(`${kind}s`, show(handlers), 'an object of handlers by id');
    return entries;
  }
  for (const [id, given] of Object.entries(handlers)) {
    const path = `${kind}s[${show(id)}]`;
    if (id === '' || !isWellFormed(id)) refuse(path, show(id), 'a non-empty id of whole characters');
    const { handler, ...options } = typeof given === 'function' ? { handler: given } : { ...given };
    if (typeof handler === 'function') {
      checkHandlerOptions(kind, path, options, refuse);
      entries.set(id, { id, handler, options });
    } else {
      refuse(path, show(given), 'a function, or an object with a function `handler`');
    }
  }
  return entries;
}

/**
 * @param {'task' | 'event'} kind
 * @param {string} path
 * @param {Record<string, unknown>} options
 * @param {Refuse} refuse
 */
function checkHandlerOptions(kind, path, options, refuse) {
  refuseUnknown(options, HANDLER_OPTIONS[kind], `${path}.`, refuse, ['handler']);
  const { timeoutMs, ...flags } = options;
  if (timeoutMs !== undefined && !isMilliseconds(timeoutMs, 1)) {
    refuse(`${path}.timeoutMs`, show(timeoutMs), `an integer from 1 to ${MAX_TIMEOUT_MS} (milliseconds)`);
  }
  for (const name of ['idempotent', 'parallel']) {
    const flag = flags[name];
    if (flag !== undefined && typeof flag !== 'boolean')
      refuse(`${path}.${name}`, show(flag), 'true or false');
  }
}

/**
 * @param {object} options
 * @param {string[]} known
 * @param {string} prefix
 * @param {Refuse} refuse
 * @param {string[]} [also] further names for the message
 */
function refuseUnknown(options, known, prefix, refuse, also = []) {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      refuse(`${prefix}${key}`, 'an unknown option', `one of: ${[...also, ...known].join(', ')}`);
    }
  }
}

/** @param {any} value */
function isCount(value) {
  return Number.isInteger(value) && value >= 1 && value <= MAX_IN_FLIGHT;
}

/**
 * Returns the handlers as the `ready` line lists them.
 *
 * @param {Map<string, Entry>} entries
 */
function announced(entries) {
  return [...entries.values()].map(({ id, options }) =>
    Object.keys(options).length === 0 ? id : { id, ...options },
  );
}

module.exports = { announced, readWorkerOptions };
