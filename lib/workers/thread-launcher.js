// @ts-check
'use strict';

const path = require('node:path');
const { Worker } = require('node:worker_threads');

const { messageOf } = require('../errors');
const { log } = require('../log');
const { NO_USAGE } = require('./launcher');
const { openChannel, withSeat } = require('./thread-seat');

/**
 * @typedef {import('./launcher').WorkerListener} WorkerListener
 * @typedef {import('./launcher').WorkerHandle} WorkerHandle
 * @typedef {import('./thread-seat').FromThread} FromThread
 */

/** Starts worker threads. */
class ThreadLauncher {
  #deps;

  /** @param {import('./launcher').LauncherDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  /** @param {WorkerListener} listener @returns {WorkerHandle} */
  launch(listener) {
    const { native, pool, notices } = this.#deps;
    const id = native.addWorker(pool);
    const seat = { server: native.number(), worker: id };
    const thread = this.#start(seat);
    const channel = openChannel(seat, (message) => this.#onMessage(message, listener));
    const end = () => void thread.terminate();
    notices.set(id, ({ event }) => {
      if (event === 'drained') listener.drained();
    });
    this.#watch(id, thread, listener, () => channel.close());
    return {
      id,
      identity: { threadId: thread.threadId },
      usage: () => native.workerUsage(id) ?? NO_USAGE,
      ping: () => channel.postMessage({ type: 'ping' }),
      drain: () => native.drainWorker(id),
      end: () => channel.postMessage({ type: 'end' }),
      terminate: end,
      kill: end,
    };
  }

  /** @param {import('./thread-seat').ThreadSeat} seat */
  #start(seat) {
    const { native, config } = this.#deps;
    const { script, workerData, env, execArgv, resourceLimits } = config;
    const file = typeof script === 'string' ? path.resolve(script) : /** @type {URL} */ (script);
    const options = { workerData, env: /** @type {any} */ (env), execArgv, resourceLimits };
    try {
      const thread = withSeat(seat, () => new Worker(file, options));
      // Whether the process is kept alive depends on the server alone.
      thread.unref();
      return thread;
    } catch (error) {
      native.loseWorker(seat.worker);
      throw error;
    }
  }

  /** @param {FromThread} message @param {WorkerListener} listener */
  #onMessage(message, listener) {
    if (message.type === 'ready') listener.ready();
    else if (message.type === 'pong') listener.pong(message.memoryBytes);
    else if (message.type === 'log') log(this.#deps.logger, message.level, message.key, message.data);
  }

  /**
   * @param {number} id
   * @param {Worker} thread
   * @param {WorkerListener} listener
   * @param {() => void} onExit
   */
  #watch(id, thread, listener, onExit) {
    /** @type {unknown} */
    let thrown;
    thread.on('error', (error) => {
      thrown = error;
    });
    thread.once('exit', (code) => {
      onExit();
      this.#deps.notices.delete(id);
      const reason = reasonOf(thrown, code);
      this.#deps.native.loseWorker(id);
      listener.exited({ reason, cause: thrown });
    });
  }
}

/** @param {any} thrown @param {number} code */
function reasonOf(thrown, code) {
  if (thrown?.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'out of memory';
  return thrown === undefined ? `exit code ${code}` : `uncaught exception: ${messageOf(thrown)}`;
}

module.exports = { ThreadLauncher };
