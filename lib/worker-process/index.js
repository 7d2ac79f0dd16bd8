// @ts-check
'use strict';

const { apiError } = require('../errors');
const { readWorkerOptions } = require('./handlers');
const { currentHost } = require('./host');
const { takeStdout } = require('./stdout');
const { WorkerProcess } = require('./worker-process');

/** Whether this process is a worker already: it has one stdin and one stdout. */
let serves = false;

/** @param {unknown} options */
function serveWorker(options) {
  const own = readWorkerOptions(options);
  if (serves) throw apiError(Error, 'STATE_INVALID', 'serveWorker: this process is a worker already');
  serves = true;
  const host = currentHost();
  if (host !== undefined) {
    host(own);
    return;
  }
  const stdout = takeStdout();
  const warn = (/** @type {string} */ message) => process.stderr.write(`runner-native worker: ${message}\n`);
  if (process.stdin.isTTY) {
    warn('expects the messages of a server on stdin');
  }
  // The server is gone.
  stdout.onError(() => process.exit(1));
  new WorkerProcess(own, {
    input: process.stdin,
    write: stdout.write,
    warn,
    exit: (code) => process.exit(code),
  }).start();
}

module.exports = { serveWorker };
