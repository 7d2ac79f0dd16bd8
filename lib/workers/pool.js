// @ts-check
'use strict';

const { EventEmitter } = require('node:events');

const { configError, describe, show } = require('../errors');
const { LogKey, log } = require('../log');
const { closeTimeout } = require('../registration');
const { MAX_WORKERS } = require('./spec');

/**
 * @typedef {import('./seat').Report} Report
 * @typedef {import('./seat').EventType} EventType
 */

/** How each event is logged. @type {Record<EventType, [level: 'error' | 'info' | 'debug', key: string]>} */
const LOG = {
  started: ['debug', LogKey.WORKER_STARTED],
  ready: ['info', LogKey.WORKER_READY],
  lost: ['error', LogKey.WORKER_LOST],
  replaced: ['info', LogKey.WORKER_REPLACED],
  recycled: ['info', LogKey.WORKER_RECYCLED],
  stopped: ['info', LogKey.WORKER_STOPPED],
  gaveUp: ['error', LogKey.WORKER_GAVE_UP],
};

const SINGULAR = Object.freeze({ threads: 'thread', processes: 'process' });

/** Workers that run the same script or command. Returned by `startWorkers`. */
class WorkerPool extends EventEmitter {
  #config;
  #supervisor;
  #logger;
  #keepAliveDuring;
  #onClosed;

  /**
   * @param {object} deps
   * @param {import('./options').PoolConfig} deps.config
   * @param {(report: (report: Report) => void) => import('./supervisor').Supervisor} deps.supervise
   * @param {import('../../index').TunnelLogger | undefined} deps.logger
   * @param {<T>(change: Promise<T>) => Promise<T>} deps.keepAliveDuring keeps the process alive until a change is
   *   complete
   * @param {() => void} deps.onClosed
   */
  constructor({ config, supervise, logger, keepAliveDuring, onClosed }) {
    super();
    this.#config = config;
    this.#logger = logger;
    this.#keepAliveDuring = keepAliveDuring;
    this.#onClosed = onClosed;
    this.#supervisor = supervise((report) => this.#report(report));
  }

  get size() {
    return this.#supervisor.size;
  }

  get workers() {
    return this.#supervisor.workers.map((worker) => this.#describe(worker));
  }

  /** Starts all workers, after which `startWorkers` resolves. */
  async start() {
    try {
      await this.#keepAliveDuring(this.#supervisor.start());
    } catch (error) {
      this.#onClosed();
      throw error;
    }
    return this;
  }

  /** @param {number} size */
  async resize(size) {
    if (!Number.isInteger(size) || size < 0 || size > MAX_WORKERS) {
      const expected = `an integer from 0 to ${MAX_WORKERS}`;
      throw configError('resize', [{ path: 'size', received: show(size), expected }]);
    }
    await this.#keepAliveDuring(this.#supervisor.resize(size));
  }

  async reload() {
    await this.#keepAliveDuring(this.#supervisor.reload());
  }

  /** @param {{ timeoutMs?: number }} [options] */
  async close(options) {
    const timeoutMs = closeTimeout(options) ?? this.#config.drainTimeoutMs;
    await this.#keepAliveDuring(this.#supervisor.close(timeoutMs));
    this.#onClosed();
  }

  /** @param {import('./managed-worker').ManagedWorker} worker */
  #describe(worker) {
    const { id, ...rest } = worker.describe();
    return { id, kind: SINGULAR[this.#config.kind], ...rest };
  }

  /** @param {Report} report */
  #report({ type, worker, reason, cause, previous }) {
    const { id, kind, threadId, pid } = /** @type {any} */ (this.#describe(worker));
    const [level, key] = LOG[type];
    const thrown = cause === undefined ? {} : describe(cause);
    log(this.#logger, level, key, {
      worker: id,
      kind,
      ...(kind === 'thread' ? { threadId } : { pid }),
      reason,
      previous: previous?.describe().id,
      ...thrown,
    });
    this.#tell({
      type,
      worker: this.#describe(worker),
      reason,
      error: cause,
      previous: previous?.describe().id,
    });
  }

  /**
   * Calls the listeners. Errors that they throw are logged, since supervision has to go on.
   *
   * @param {import('../../index').WorkerEvent} event
   */
  #tell(event) {
    for (const listener of this.rawListeners('worker')) {
      try {
        listener.call(this, event);
      } catch (error) {
        log(this.#logger, 'error', LogKey.WORKER_LISTENER_ERROR, describe(error));
      }
    }
  }
}

if (Symbol.asyncDispose !== undefined) {
  Object.defineProperty(WorkerPool.prototype, Symbol.asyncDispose, {
    value: /** @this {WorkerPool} */ function asyncDispose() {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

module.exports = { WorkerPool };
