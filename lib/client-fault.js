// @ts-check
'use strict';

/** Causes are followed this far. */
const MAX_CAUSES = 8;

/** How Node says that a stream ended with its connection, or that a signal was heeded. */
const CODES_OF_LEAVING = ['ABORT_ERR', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'];

/** @type {WeakSet<object>} */
const faults = new WeakSet();

/**
 * Marks an error that handlers get because their client has left, or has sent what it may not. One that throws it on
 * has not failed.
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
 * @param {boolean} hasLeft whether the client is known to have left
 */
function isClientFault(thrown, hasLeft) {
  try {
    for (let at = thrown, depth = 0; isObject(at) && depth < MAX_CAUSES; at = at.cause, depth += 1) {
      if (faults.has(at) || (hasLeft && CODES_OF_LEAVING.includes(at.code))) return true;
    }
  } catch {
    // What cannot be looked at is the handler's own.
  }
  return false;
}

/** @param {any} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { clientFault, isClientFault };
