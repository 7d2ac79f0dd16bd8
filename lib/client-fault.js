// @ts-check
'use strict';

/** How far a chain of causes is followed. */
const MAX_CAUSES = 8;

/** Node's codes for a stream that ended with its connection, and for an operation that a signal has aborted. */
const CODES_OF_LEAVING = ['ABORT_ERR', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'];

/** @type {WeakSet<object>} */
const faults = new WeakSet();

/**
 * Marks an error that handlers get because their client has left or has broken a limit. A handler that rethrows it has
 * not failed.
 *
 * @template {object} Reason
 * @param {Reason} error
 * @returns {Reason}
 */
function clientFault(error) {
  faults.add(error);
  return error;
}

/**
 * Whether a handler threw because of what its client did.
 *
 * @param {any} thrown
 * @param {boolean} hasClientLeft whether the client is known to have left
 */
function isClientFault(thrown, hasClientLeft) {
  try {
    for (let at = thrown, depth = 0; isObject(at) && depth < MAX_CAUSES; at = at.cause, depth += 1) {
      if (faults.has(at) || (hasClientLeft && CODES_OF_LEAVING.includes(at.code))) return true;
    }
  } catch {
    // A thrown value whose getters throw is not an error of this package.
  }
  return false;
}

/** @param {any} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { clientFault, isClientFault };
