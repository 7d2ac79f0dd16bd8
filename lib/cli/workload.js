// @ts-check
'use strict';

const path = require('node:path');
const { runScript } = require('./main-thread');

/**
 * What runs the calls: a script in this process, or a pool of workers.
 *
 * @typedef {object} Workload
 * @property {string} description for the start-up table
 * @property {() => Promise<void>} [reload] replaces the workers
 * @property {() => unknown} [onShutdown] runs after the server is closed
 */

/**
 * Starts the workload of a plan. Rejects if that fails.
 *
 * @param {import('./plan').Plan} plan
 * @param {() => void} onGaveUp called if workers cannot be restarted any more
 * @returns {Promise<Workload>}
 */
async function startWorkload({ server, script, pool: options }, onGaveUp) {
  if (options === undefined) {
    const { onShutdown } = await runScript(server, /** @type {string} */ (script));
    return { description: `none: ${nameOf(script)} runs in this process`, onShutdown };
  }
  const pool = await server.startWorkers(/** @type {any} */ (options));
  pool.on('worker', ({ type }) => {
    if (type === 'gaveUp') onGaveUp();
  });
  const kind = options.threads === undefined ? ['process', 'processes'] : ['thread', 'threads'];
  const program =
    script === undefined ? [options.command, ...(options.args ?? [])].join(' ') : nameOf(script);
  return {
    description: `${pool.size} ${kind[pool.size === 1 ? 0 : 1]} of ${program}`,
    reload: () => pool.reload(),
  };
}

/** @param {string | undefined} script */
const nameOf = (script) => path.basename(script ?? '');

module.exports = { startWorkload };
