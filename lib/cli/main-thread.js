// @ts-check
'use strict';

const { pathToFileURL } = require('node:url');
const { NativePromise } = require('../primordials');
const { setHost } = require('../worker-process/host');
const { registerAll } = require('../worker-process/register');

/** How long a script may take to call `serveWorker`, as `startTimeoutMs` of a pool. */
const START_TIMEOUT_MS = 30_000;

/**
 * Runs a script in this process and registers the handlers that it passes to `serveWorker`.
 *
 * @param {import('../server').TunnelServer} server
 * @param {string} script absolute path
 * @returns {Promise<{ onShutdown?: () => unknown }>} rejects if the script fails, or does not call `serveWorker`
 */
async function runScript(server, script) {
  const served = new NativePromise((resolve, reject) => {
    setHost((options) => {
      registerAll(server, options);
      resolve(options);
    });
    const refuse = (/** @type {string} */ when) =>
      reject(new Error(`The script has not called serveWorker ${when}`));
    process.once('beforeExit', () => refuse('before it ended'));
    setTimeout(() => refuse(`within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS).unref();
  });
  served.catch(() => {});
  await import(String(pathToFileURL(script)));
  return served;
}

module.exports = { runScript };
