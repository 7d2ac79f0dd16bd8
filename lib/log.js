// @ts-check
'use strict';

const { ignore } = require('./thenable');

/** The keys of nodeExposure, where it has one, so that existing log queries keep working. */
const LogKey = Object.freeze({
  LISTEN: 'node.exposure.listen',
  CLOSED: 'node.exposure.closed',
  ACCEPT_ERROR: 'node.exposure.accept.error',
  TASK_ERROR: 'exposure.task.error',
  EVENT_ERROR: 'exposure.event.error',
  FALLBACK_ERROR: 'exposure.fallback.error',
  AUTH_FAILURE: 'exposure.auth.failure',
  VALIDATOR_ERROR: 'exposure.auth.validator.error',
  ORIGIN_ERROR: 'exposure.cors.origin.error',
  PANIC: 'node.exposure.panic',
});

/**
 * Writes to the application's logger, and ignores a logger that throws or whose promise rejects.
 *
 * @param {import('../index').TunnelLogger | undefined} logger
 * @param {'error' | 'warn' | 'info' | 'debug'} level
 * @param {string} key
 * @param {Record<string, unknown>} data
 */
function log(logger, level, key, data) {
  try {
    ignore(logger?.[level]?.(key, data));
  } catch {
    // Nowhere is left to report it.
  }
}

module.exports = { LogKey, log };
