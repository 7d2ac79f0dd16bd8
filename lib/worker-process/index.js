// @ts-check
'use strict';

const { apiError } = require('../errors');
const { ownSeat } = require('../workers/thread-seat');
const { readWorkerOptions } = require('./handlers');
const { currentHost } = require('./host');
const { registerAll } = require('./register');
const { takeStdout } = require('./stdout');
const { WorkerProcess } = require('./worker-process');

/** Whether this process, or this thread of a pool, is a worker already. */
let serves = false;

/** @param {unknown} options */
function serveWorker(options) {
  const own = readWorkerOptions(options);
  if (serves) throw apiError(Error, 'STATE_INVALID', 'serveWorker: this process is a worker already');
  serves = true;
  const host = currentHost();
  if (ownSeat !== undefined) serveInThread(own);
  else if (host !== undefined) host(own);
  else serveInProcess(own);
}

/** @param {import('./handlers').WorkerOptions} options */
function serveInThread(options) {
  // Loads the binary, which a worker process does without.
  const { TunnelWorker } = require('../workers/tunnel-worker');
  const worker = TunnelWorker.current();
  registerAll(worker, options);
  if (options.onShutdown !== undefined) worker.onClose(options.onShutdown);
  worker.ready();
}

/** @param {import('./handlers').WorkerOptions} options */
function serveInProcess(options) {
  const stdout = takeStdout();
  const warn = (/** @type {string} */ message) => process.stderr.write(`runner-native worker: ${message}\n`);
  if (process.stdin.isTTY) {
    warn('expects the messages of a server on stdin');
  }
  // The server is gone.
  stdout.onError(() => process.exit(1));
  new WorkerProcess(options, {
    input: process.stdin,
    write: stdout.write,
    warn,
    exit: (code) => process.exit(code),
  }).start();
}

module.exports = { serveWorker };
