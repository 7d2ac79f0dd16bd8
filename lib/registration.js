// @ts-check
'use strict';

const { apiError, configError, show } = require('./errors');
const { readOptions, snapshot } = require('./snapshot');

const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Long enough for ordinary calls to finish, short enough for the kill timeouts of process managers. */
const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT = `an integer from 0 to ${MAX_TIMEOUT_MS} (milliseconds)`;
const OPTIONS = { task: ['timeoutMs', 'idempotent'], event: ['timeoutMs', 'parallel', 'idempotent'] };

/**
 * Checks the arguments of a registration. Returns the options, which are read once.
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
 * The number of a handler that was registered.
 *
 * @param {'task' | 'event'} kind
 * @param {string} id
 * @param {{ parallel: boolean, idempotent: boolean, timeoutMs?: number | string }} options
 * @param {number | string | null} registered as the native side returns it
 */
function checkRegistered(kind, id, { parallel, idempotent, timeoutMs = 'none' }, registered) {
  if (typeof registered === 'number') return registered;
  if (registered === null) throw apiError(Error, 'ID_TAKEN', `The ${kind} ${show(id)} has a handler already`);
  throw apiError(
    Error,
    'HANDLER_CONFLICT',
    `The ${kind} ${show(id)} is registered already: by ${registered}; here with parallel: ${parallel}, idempotent: ${idempotent}, timeoutMs: ${timeoutMs}`,
  );
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
    `The id of a ${kind}: received ${show(id)}, expected a non-empty string without lone surrogates`,
  );
}

/**
 * Whether a string has no lone surrogates, which no URL can contain.
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
 * @returns {{ timeoutMs?: number, parallel: boolean, idempotent: boolean }}
 */
function checkOptions(kind, id, options) {
  const reject = (
    /** @type {string} */ path,
    /** @type {string} */ received,
    /** @type {string} */ expected,
  ) => {
    const message = `The options of ${kind} ${show(id)}: ${path}: received ${received}, expected ${expected}`;
    throw apiError(TypeError, 'HANDLER_INVALID', message);
  };
  if (options === undefined) return { parallel: false, idempotent: false };
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    reject('options', show(options), 'an object');
  }
  const { copy, problems } = readOptions(options);
  for (const { path, received, expected } of problems) reject(path, received, expected);
  const unknown = Object.keys(copy).find((key) => !OPTIONS[kind].includes(key));
  if (unknown !== undefined) reject(unknown, 'an unknown option', `one of: ${OPTIONS[kind].join(', ')}`);
  const { timeoutMs, parallel, idempotent } = copy;
  if (timeoutMs !== undefined && !isMilliseconds(timeoutMs, 1)) {
    reject('timeoutMs', show(timeoutMs), `an integer from 1 to ${MAX_TIMEOUT_MS} (milliseconds)`);
  }
  for (const [path, flag] of Object.entries({ parallel, idempotent })) {
    if (flag !== undefined && typeof flag !== 'boolean') reject(path, show(flag), 'true or false');
  }
  return { timeoutMs, parallel: parallel === true, idempotent: idempotent === true };
}

/**
 * Checks the options of `close`, and returns its timeout.
 *
 * @param {any} options
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
 * @param {number} min
 */
function isMilliseconds(value, min) {
  return Number.isInteger(value) && value >= min && value <= MAX_TIMEOUT_MS;
}

module.exports = {
  CLOSE_TIMEOUT,
  DEFAULT_CLOSE_TIMEOUT_MS,
  MAX_TIMEOUT_MS,
  checkId,
  checkRegistered,
  checkRegistration,
  closeTimeout,
  isMilliseconds,
  isWellFormed,
};
