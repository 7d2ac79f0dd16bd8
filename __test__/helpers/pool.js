// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const path = require('node:path');
const { BroadcastChannel } = require('node:worker_threads');
const { inbox } = require('./inbox.js');
const { recordingLogger, startServer } = require('./server.js');

/** @typedef {import('./inside.js').World & { worker: import('../../index.js').TunnelWorker }} ThreadWorld */

/** No test waits for a back-off, or for a worker that is given time to end. */
const QUICK = { restart: { minDelayMs: 1, maxDelayMs: 10 }, drainTimeoutMs: 60_000 };

/**
 * The options of a pool whose threads run `body`. It travels as text: it sees its parameter and the globals, nothing
 * around it. What it sends is awaited with `next`.
 *
 * @param {import('node:test').TestContext} t
 * @param {(world: ThreadWorld) => unknown} body
 * @param {unknown} [data] cloned
 */
function threadsOf(t, body, data = null) {
  const box = inbox();
  const channel = new BroadcastChannel(randomUUID());
  channel.onmessage = (/** @type {any} */ event) => box.push(event.data);
  t.after(() => channel.close());
  const options = {
    ...QUICK,
    script: path.join(__dirname, 'pool-thread.js'),
    threads: 1,
    workerData: { source: String(body), data, channel: channel.name },
  };
  return { options, next: box.next };
}

/**
 * A listening server with a pool of threads that run `body`, closed with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {(world: ThreadWorld) => unknown} body
 * @param {{ pool?: object, server?: object, data?: unknown, setup?: (server: any) => void }} [more]
 */
async function startThreads(t, body, { pool: more = {}, server: serverOptions = {}, data, setup } = {}) {
  const logger = recordingLogger();
  const { server, port, url } = await startServer(t, { logger, ...serverOptions }, setup);
  const { options, next } = threadsOf(t, body, data);
  const pool = await server.startWorkers({ ...options, ...more });
  const events = inbox();
  pool.on('worker', events.push);
  return { server, port, url, pool, logger, next, options, nextEvent: ofType(events.next) };
}

/**
 * The next event of a type; others are skipped.
 *
 * @param {() => Promise<import('../../index.js').WorkerEvent>} next
 */
function ofType(next) {
  return async (/** @type {string} */ type) => {
    for (;;) {
      const event = await next();
      if (event.type === type) return event;
    }
  };
}

module.exports = { QUICK, startThreads, threadsOf };
