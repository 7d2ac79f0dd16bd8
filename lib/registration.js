// @ts-check
'use strict';

const { apiError, configError, show } = require('./errors');
const { readOptions, snapshot } = require('./snapshot');

const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Long enough for ordinary calls to finish, short enough for the patience of process managers. */
const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT = `an integer from 0 to ${MAX_TIMEOUT_MS} (milliseconds)`;
const OPTIONS = { task: ['timeoutMs'], event: ['timeoutMs', 'parallel'] };

/**
 * Checks what is to be registered, and gives its options, which are read once.
 *
 * @param {'task' | 'event'} kind
 * @param {unknown} id
 * @param {unknown} handler
 * @param {any} options
 */
function checkRegistration(kind, id, handler, options) {
  checkId(kind, id);
  if (typeof handler !== 'function') {
    const message = `The handler of ${kind} ${show(id)}: received ${show(handler)}, expected a function`;
    throw apiError(TypeError, 'HANDLER_INVALID', message);
  }
  return checkOptions(kind, id, options);
}

/**
 * @param {'task' | 'event'} kind
 * @param {unknown} id
 */
function checkId(kind, id) {
  if (typeof id === 'string' && id !== '' && isWellFormed(id)) return;
  throw apiError(
    TypeError,
    'ID_INVALID',
    `The id of a ${kind}: received ${show(id)}, expected a non-empty string of whole characters`,
  );
}

/**
 * Half of a surrogate pair is no character, and no URL can name it.
 *
 * @param {string} id
 */
function isWellFormed(id) {
  try {
    encodeURIComponent(id);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {'task' | 'event'} kind
 * @param {unknown} id
 * @param {any} options
 * @returns {{ timeoutMs?: number, parallel: boolean }}
 */
function checkOptions(kind, id, options) {
  const refuse = (
    /** @type {string} */ path,
    /** @type {string} */ received,
    /** @type {string} */ expected,
  ) => {
    const message = `The options of ${kind} ${show(id)}: ${path}: received ${received}, expected ${expected}`;
    throw apiError(TypeError, 'HANDLER_INVALID', message);
  };
  if (options === undefined) return { parallel: false };
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    refuse('options', show(options), 'an object');
  }
  const { copy, problems } = readOptions(options);
  for (const { path, received, expected } of problems) refuse(path, received, expected);
  const unknown = Object.keys(copy).find((key) => !OPTIONS[kind].includes(key));
  if (unknown !== undefined) refuse(unknown, 'an unknown option', `one of: ${OPTIONS[kind].join(', ')}`);
  const { timeoutMs, parallel } = copy;
  if (timeoutMs !== undefined && !isMilliseconds(timeoutMs, 1)) {
    refuse('timeoutMs', show(timeoutMs), `an integer from 1 to ${MAX_TIMEOUT_MS} (milliseconds)`);
  }
  if (parallel !== undefined && typeof parallel !== 'boolean') {
    refuse('parallel', show(parallel), 'true or false');
  }
  return { timeoutMs, parallel: parallel === true };
}

/**
 * @param {any} options of `close`
 * @returns {number | undefined}
 */
function closeTimeout(options) {
  if (options === undefined) return undefined;
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw configError('close', [{ path: 'options', received: show(options), expected: 'an object' }]);
  }
  const copy = snapshot('close', options);
  const unknown = Object.keys(copy).filter((key) => key !== 'timeoutMs');
  if (unknown.length > 0) {
    const problem = { received: 'an unknown option', expected: 'one of: timeoutMs' };
    throw configError(
      'close',
      unknown.map((path) => ({ path, ...problem })),
    );
  }
  const { timeoutMs } = copy;
  if (timeoutMs === undefined || isMilliseconds(timeoutMs, 0)) return timeoutMs;
  throw configError('close', [{ path: 'timeoutMs', received: show(timeoutMs), expected: CLOSE_TIMEOUT }]);
}

/**
 * @param {any} value
 * @param {number} least
 */
function isMilliseconds(value, least) {
  return Number.isInteger(value) && value >= least && value <= MAX_TIMEOUT_MS;
}

module.exports = {
  CLOSE_TIMEOUT,
  DEFAULT_CLOSE_TIMEOUT_MS,
  checkId,
  checkRegistration,
  closeTimeout,
  isMilliseconds,
};
