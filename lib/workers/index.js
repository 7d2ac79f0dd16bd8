// @ts-check
'use strict';

const { NativePromise } = require('../primordials');
const { systemClock } = require('./clock');
const { WorkerPool } = require('./pool');
const { ProcessLauncher } = require('./process-launcher');
const { Supervisor } = require('./supervisor');
const { ThreadLauncher } = require('./thread-launcher');

/** All pools of a server. */
class Workers {
  #native;
  #logger;
  #keepAliveDuring;
  /** @type {Set<WorkerPool>} */
  #pools = new Set();
  /** The receivers of notices about workers, by number. @type {Map<number, (notice: any) => void>} */
  #notices = new Map();

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {import('../../index').TunnelLogger | undefined} logger
   * @param {<T>(change: Promise<T>) => Promise<T>} keepAliveDuring keeps the process alive until a change is complete
   */
  constructor(native, logger, keepAliveDuring) {
    this.#native = native;
    this.#logger = logger;
    this.#keepAliveDuring = keepAliveDuring;
  }

  /** Whether there is a pool that is not closed. */
  get hasPools() {
    return this.#pools.size > 0;
  }

  /**
   * Passes a notice about a worker on.
   *
   * @param {any} notice
   */
  onNotice(notice) {
    this.#notices.get(notice.worker)?.(notice);
  }

  /**
   * Starts a pool.
   *
   * @param {import('./options').PoolConfig} config
   * @returns {Promise<WorkerPool>}
   */
  start(config) {
    const number = this.#native.openPool(config.maxInFlight);
    const deps = { native: this.#native, pool: number, config, logger: this.#logger, notices: this.#notices };
    const launcher = config.kind === 'threads' ? new ThreadLauncher(deps) : new ProcessLauncher(deps);
    const pool = new WorkerPool({
      config,
      logger: this.#logger,
      keepAliveDuring: this.#keepAliveDuring,
      supervise: (report) =>
        new Supervisor({ config, launcher, clock: systemClock, random: Math.random, report }),
      onClosed: () => {
        this.#pools.delete(pool);
        this.#native.closePool(number);
      },
    });
    this.#pools.add(pool);
    return pool.start();
  }

  /**
   * Closes all pools, after all calls are completed.
   *
   * @param {number} timeoutMs
   */
  async close(timeoutMs) {
    await NativePromise.all([...this.#pools].map((pool) => pool.close({ timeoutMs })));
  }
}

module.exports = { Workers };
