// @ts-check
'use strict';

/** The keys of the reference, so that existing log queries keep working. */
const LogKey = Object.freeze({
  TASK_ERROR: 'exposure.task.error',
  EVENT_ERROR: 'exposure.event.error',
  VALIDATOR_ERROR: 'exposure.auth.validator.error',
  ORIGIN_ERROR: 'exposure.cors.origin.error',
});

/**
 * Writes an error to the user's logger. A logger that throws takes no call down with it.
 *
 * @param {import('../index').TunnelLogger | undefined} logger
 * @param {string} key
 * @param {Record<string, unknown>} data
 */
function logError(logger, key, data) {
  try {
    logger?.error?.(key, data);
  } catch {
    // There is nowhere left to report it.
  }
}

module.exports = { LogKey, logError };
