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
  WORKER_STARTED: 'node.exposure.worker.started',
  WORKER_READY: 'node.exposure.worker.ready',
  WORKER_LOST: 'node.exposure.worker.lost',
  WORKER_REPLACED: 'node.exposure.worker.replaced',
  WORKER_RECYCLED: 'node.exposure.worker.recycled',
  WORKER_STOPPED: 'node.exposure.worker.stopped',
  WORKER_GAVE_UP: 'node.exposure.worker.gave-up',
  WORKER_OUTPUT: 'node.exposure.worker.output',
  WORKER_FAULT: 'node.exposure.worker.fault',
  WORKER_CLOSE_ERROR: 'node.exposure.worker.close.error',
  WORKER_LISTENER_ERROR: 'node.exposure.worker.listener.error',
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
