// @ts-check
'use strict';

const { limitConcurrency } = require('./concurrency');

/**
 * Registers the handlers of a worker with a server, or with a worker thread of one.
 *
 * @param {import('../server').TunnelServer | import('../workers/tunnel-worker').TunnelWorker} target
 * @param {import('./handlers').WorkerOptions} options
 */
function registerAll(target, { tasks, events, maxInFlight }) {
  const limited = limitConcurrency(maxInFlight);
  for (const { id, handler, options } of tasks.values()) target.registerTask(id, limited(handler), options);
  for (const { id, handler, options } of events.values()) target.registerEvent(id, limited(handler), options);
}

module.exports = { registerAll };
