// @ts-check
'use strict';

const { NativePromise } = require('../primordials');
const { ManagedWorker } = require('./managed-worker');
const { Restarts } = require('./restarts');

/**
 * @typedef {import('./managed-worker').Ending} Ending
 * @typedef {import('./managed-worker').RecycleReason} RecycleReason
 *
 * @typedef {'started' | 'ready' | 'lost' | 'replaced' | 'recycled' | 'stopped' | 'gaveUp'} EventType
 *
 * @typedef {object} Report what has happened to a worker
 * @property {EventType} type
 * @property {ManagedWorker} worker
 * @property {string} [reason]
 * @property {unknown} [cause]
 * @property {ManagedWorker} [previous] whose place the worker takes
 *
 * @typedef {object} SeatDeps
 * @property {import('./options').PoolConfig} config
 * @property {import('./launcher').Launcher} launcher
 * @property {import('./clock').Clock} clock
 * @property {(report: Report) => void} report
 * @property {() => number} random from 0 to 1
 */

/** The place of one worker in a pool, and of those that come after it. */
class Seat {
  #deps;
  #restarts;
  /** The one that serves, or the first to do so. @type {ManagedWorker | undefined} */
  #serving;
  /** Starts while the one before it serves. @type {ManagedWorker | undefined} */
  #successor;
  /** Why there is a successor, or why the last one was lost. @type {string | undefined} */
  #reason;
  /** The one that was lost, until another is ready. @type {ManagedWorker | undefined} */
  #lost;
  /** Finish what they run. @type {Set<ManagedWorker>} */
  #leaving = new Set();
  #count = 0;
  #isProven = false;
  #isVacated = false;
  /** Of the next start. @type {unknown} */
  #timer;

  /** @param {SeatDeps} deps */
  constructor(deps) {
    this.#deps = deps;
    this.#restarts = new Restarts(deps.config.restart);
  }

  /**
   * Whether a worker has been ready here. Until then a failure is the caller's to deal with, and no start is repeated.
   */
  get isProven() {
    return this.#isProven;
  }

  /** All that belong here and have not ended. */
  get workers() {
    return [this.#serving, this.#successor, ...this.#leaving].filter((worker) => worker !== undefined);
  }

  /**
   * Starts a worker where there is none.
   *
   * @returns {Promise<void>} rejects if it ends before it is ready
   */
  fill() {
    const worker = this.#newWorker();
    this.#serving = worker;
    worker.start(this.#deps.launcher);
    return worker.started;
  }

  /**
   * Puts a new worker in the place of the one that serves: that takes calls until the new one is ready, then finishes
   * what it runs.
   *
   * @param {string} reason
   * @returns {Promise<void>} rejects if the new one ends before it is ready
   */
  async replace(reason) {
    // What is starting may have read its script before that was changed.
    await NativePromise.allSettled(this.workers.map(({ started }) => started));
    if (this.#isVacated) return;
    const previous = this.#serving;
    if (previous === undefined) {
      await this.fill();
    } else {
      await this.#succeed(reason);
      await previous.ended;
    }
  }

  /**
   * Takes all workers away for good; what they still run after `timeoutMs` fails.
   *
   * @param {string} reason
   * @param {number} timeoutMs
   */
  async vacate(reason, timeoutMs) {
    this.#isVacated = true;
    this.#cancelStart();
    const workers = this.workers;
    for (const worker of workers) this.#leave(worker, reason, timeoutMs);
    this.#serving = undefined;
    this.#successor = undefined;
    await NativePromise.all(workers.map(({ ended }) => ended));
  }

  /** @param {string} reason */
  #succeed(reason) {
    const successor = this.#newWorker();
    this.#successor = successor;
    this.#reason = reason;
    successor.start(this.#deps.launcher);
    return successor.started;
  }

  #newWorker() {
    this.#cancelStart();
    const { config, clock, report, random } = this.#deps;
    /** @type {import('./managed-worker').WorkerOwner} */
    const owner = {
      onStarted: (worker) => report({ type: 'started', worker }),
      onReady: (worker) => this.#onReady(worker),
      onExpired: (worker, reason) => this.#onExpired(worker, reason),
      onEnded: (worker, ending) => this.#onEnded(worker, ending),
    };
    const restarts = this.#count;
    this.#count += 1;
    return new ManagedWorker(config, clock, owner, { restarts, random: random() });
  }

  /** @param {ManagedWorker} worker */
  #onReady(worker) {
    const { config, report } = this.#deps;
    const reason = this.#reason ?? '';
    const lost = this.#lost;
    this.#isProven = true;
    this.#reason = undefined;
    this.#lost = undefined;
    report({ type: 'ready', worker });
    if (this.#successor === worker) {
      const previous = this.#serving;
      this.#serving = worker;
      this.#successor = undefined;
      report({ type: reason === 'reload' ? 'replaced' : 'recycled', worker, reason, previous });
      if (previous !== undefined) this.#leave(previous, reason, config.drainTimeoutMs);
    } else if (lost !== undefined) {
      report({ type: 'replaced', worker, reason, previous: lost });
    }
  }

  /** @param {ManagedWorker} worker @param {RecycleReason} reason */
  #onExpired(worker, reason) {
    if (this.#serving === worker && this.#successor === undefined) this.#succeed(reason);
  }

  /** @param {ManagedWorker} worker @param {Ending} ending */
  #onEnded(worker, { reason, cause, isExpected }) {
    const isLeaving = this.#leaving.delete(worker);
    this.#deps.report({ type: isExpected ? 'stopped' : 'lost', worker, reason, cause });
    if (isLeaving || this.#isVacated) return;
    if (this.#successor === worker) this.#onSuccessorLost(worker, reason);
    else this.#onServingLost(worker, reason);
  }

  /** @param {ManagedWorker} worker @param {string} reason */
  #onSuccessorLost(worker, reason) {
    const why = this.#reason;
    this.#successor = undefined;
    this.#reason = undefined;
    // The caller of a reload learns of it. A worker that has had its time does not say so again.
    if (why === undefined || why === 'reload') return;
    this.#restart(worker, reason, () => {
      if (this.#serving?.state === 'ready' && this.#successor === undefined) this.#succeed(why);
    });
  }

  /** @param {ManagedWorker} worker @param {string} reason */
  #onServingLost(worker, reason) {
    this.#serving = this.#successor;
    this.#successor = undefined;
    this.#lost = worker;
    this.#reason = reason;
    if (this.#serving === undefined && this.#isProven) this.#restart(worker, reason, () => void this.fill());
  }

  /**
   * Starts another worker after the back-off, unless too many have failed.
   *
   * @param {ManagedWorker} lost
   * @param {string} reason
   * @param {() => void} start
   */
  #restart(lost, reason, start) {
    this.#cancelStart();
    const { config, clock, report } = this.#deps;
    const delayMs = this.#restarts.next(lost.livedMs);
    if (delayMs === undefined) {
      this.#restarts = new Restarts(config.restart);
      report({ type: 'gaveUp', worker: lost, reason });
    } else {
      this.#timer = clock.setTimeout(start, delayMs);
    }
  }

  /** @param {ManagedWorker} worker @param {string} reason @param {number} timeoutMs */
  #leave(worker, reason, timeoutMs) {
    if (worker.state === 'ended') return;
    this.#leaving.add(worker);
    worker.retire(reason, timeoutMs);
  }

  #cancelStart() {
    this.#deps.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

module.exports = { Seat };
