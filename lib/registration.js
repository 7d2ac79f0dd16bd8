// @ts-check
'use strict';

const { apiError, configError, show } = require('./errors');

const LONGEST_MS = 2 ** 31 - 1;
/** Long enough for ordinary calls to finish, short enough for the patience of process managers. */
const CLOSE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT = `an integer from 0 to ${LONGEST_MS} (milliseconds)`;
const OPTIONS = { task: ['timeoutMs'], event: ['timeoutMs', 'parallel'] };

/**
 * Checks what is to be registered.
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
  checkOptions(kind, id, options);
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
  if (options === undefined) return;
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    refuse('options', show(options), 'an object');
  }
  const unknown = Object.keys(options).find((key) => !OPTIONS[kind].includes(key));
  if (unknown !== undefined) refuse(unknown, 'an unknown option', `one of: ${OPTIONS[kind].join(', ')}`);
  const { timeoutMs, parallel } = options;
  if (timeoutMs !== undefined && !isMilliseconds(timeoutMs, 1)) {
    refuse('timeoutMs', show(timeoutMs), `an integer from 1 to ${LONGEST_MS} (milliseconds)`);
  }
  if (parallel !== undefined && typeof parallel !== 'boolean') {
    refuse('parallel', show(parallel), 'true or false');
  }
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
  const unknown = Object.keys(options).filter((key) => key !== 'timeoutMs');
  if (unknown.length > 0) {
    const problem = { received: 'an unknown option', expected: 'one of: timeoutMs' };
    throw configError(
      'close',
      unknown.map((path) => ({ path, ...problem })),
    );
  }
  const { timeoutMs } = options;
  if (timeoutMs === undefined || isMilliseconds(timeoutMs, 0)) return timeoutMs;
  throw configError('close', [{ path: 'timeoutMs', received: show(timeoutMs), expected: CLOSE_TIMEOUT }]);
}

/**
 * @param {any} value
 * @param {number} least
 */
function isMilliseconds(value, least) {
  return Number.isInteger(value) && value >= least && value <= LONGEST_MS;
}

module.exports = {
  CLOSE_TIMEOUT,
  CLOSE_TIMEOUT_MS,
  checkId,
  checkRegistration,
  closeTimeout,
  isMilliseconds,
};
