// @ts-check
'use strict';

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { inbox } = require('./inbox.js');

/**
 * Runs `body` in a worker thread, which is terminated with the test. The body is passed as text: it can use its
 * parameter and the globals, but no surrounding scope.
 *
 * @param {{ after: (fn: () => Promise<unknown>) => void }} t
 * @param {(world: import('./inside.js').World) => unknown} body
 * @param {unknown} [data] cloned; a SharedArrayBuffer is shared
 */
function startWorker(t, body, data = null) {
  const worker = new Worker(path.join(__dirname, 'worker-main.js'), {
    workerData: { source: String(body), data },
  });
  const box = inbox();
  /** @type {Error | undefined} */
  let error;
  worker.on('message', box.push);
  worker.on('error', (thrown) => {
    error = thrown;
  });
  /** @type {Promise<{ code: number, error: Error | undefined }>} */
  const exited = new Promise((resolve) => {
    worker.once('exit', (code) => {
      box.end(error ?? new Error(`the worker is gone: code ${code}`));
      resolve({ code, error });
    });
  });
  t.after(() => worker.terminate());
  return { worker, next: box.next, exited };
}

module.exports = { startWorker };
