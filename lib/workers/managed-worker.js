// @ts-check
'use strict';

const { apiError, messageOf } = require('../errors');
const { NativePromise } = require('../primordials');
const { ignore } = require('../thenable');
const { RecycleLimits } = require('./recycle-limits');

/**
 * @typedef {import('./launcher').WorkerHandle} WorkerHandle
 * @typedef {import('./options').PoolConfig} PoolConfig
 *
 * @typedef {'starting' | 'ready' | 'draining' | 'stopping' | 'ended'} WorkerState
 * @typedef {import('./recycle-limits').RecycleReason} RecycleReason
 *
 * @typedef {object} Ending
 * @property {string} reason
 * @property {unknown} [cause]
 * @property {boolean} isExpected whether it was asked to end
 *
 * @typedef {object} WorkerOwner hears of the worker
 * @property {(worker: ManagedWorker) => void} onStarted
 * @property {(worker: ManagedWorker) => void} onReady
 * @property {(worker: ManagedWorker, reason: RecycleReason) => void} onExpired it has served long enough; said once
 * @property {(worker: ManagedWorker, ending: Ending) => void} onEnded
 */

/** Calls and deadlines are looked at this often, where an option asks for it. */
const CHECK_INTERVAL_MS = 100;

/** One worker, from its start to its end. */
class ManagedWorker {
  /** @type {WorkerState} */
  state = 'starting';
  #config;
  #clock;
  #owner;
  /** @type {WorkerHandle | undefined} */
  #handle;
  #limits;
  #restarts;
  #startedAt;
  /** When it became ready, or nothing. @type {number | undefined} */
  #readyAt;
  #memoryBytes = /** @type {number | undefined} */ (undefined);
  /** @type {unknown} */
  #startTimer;
  /** @type {unknown} */
  #checkTimer;
  /** @type {unknown} */
  #endTimer;
  #killAt = Number.POSITIVE_INFINITY;
  #checkedAt = 0;
  #pingedAt = 0;
  #silentMs = 0;
  #completed = 0;
  #isExpired = false;
  /** Why it is being ended. @type {string | undefined} */
  #reason;
  #isExpected = false;
  #started = settleable();
  #ended = settleable();
  /** Resolves when it takes calls; rejects if it ends before that. */
  started = this.#started.promise;
  /** Resolves when it is gone. */
  ended = this.#ended.promise;

  /**
   * @param {PoolConfig} config
   * @param {import('./clock').Clock} clock
   * @param {WorkerOwner} owner
   * @param {{ restarts: number, random: number }} place how many stood there before; where its limits lie, from 0 to 1
   */
  constructor(config, clock, owner, { restarts, random }) {
    this.#config = config;
    this.#clock = clock;
    this.#owner = owner;
    this.#limits = new RecycleLimits(config, random);
    this.#restarts = restarts;
    this.#startedAt = clock.now();
  }

  /** @param {import('./launcher').Launcher} launcher */
  start(launcher) {
    try {
      this.#handle = launcher.launch({
        ready: () => this.#onReady(),
        pong: (memoryBytes) => this.#onPong(memoryBytes),
        drained: () => this.#onDrained(),
        failed: (reason) => this.stop(reason),
        exited: ({ reason, cause }) => this.#onExited(reason, cause),
      });
    } catch (error) {
      this.#onExited(messageOf(error), error);
      return;
    }
    this.#owner.onStarted(this);
    this.#startTimer = this.#clock.setTimeout(
      () => this.stop(`not ready within startTimeoutMs (${this.#config.startTimeoutMs})`),
      this.#config.startTimeoutMs,
    );
  }

  /** How long it has been ready; 0 before. */
  get livedMs() {
    return this.#readyAt === undefined ? 0 : this.#clock.now() - this.#readyAt;
  }

  /** What `pool.workers` shows of it. */
  describe() {
    const { calls = 0, inFlight = 0 } = this.state === 'ended' ? {} : (this.#handle?.usage() ?? {});
    return {
      id: this.#handle?.id,
      .../** @type {object} */ (this.#handle?.identity),
      state: this.state,
      calls,
      inFlight,
      ageMs: Math.round(this.#clock.now() - this.#startedAt),
      memoryBytes: this.#memoryBytes,
      restarts: this.#restarts,
    };
  }

  /**
   * Lets it finish what it runs, and ends it. What it still runs after `timeoutMs` fails.
   *
   * @param {string} reason
   * @param {number} timeoutMs
   */
  retire(reason, timeoutMs) {
    if (this.state === 'starting') this.#terminate(reason, true);
    if (this.state === 'draining') this.#escalateAfter(timeoutMs);
    if (this.state !== 'ready') return;
    this.#reason = reason;
    this.#isExpected = true;
    this.state = 'draining';
    this.#escalateAfter(timeoutMs);
    this.#handle?.drain();
  }

  /**
   * Ends it now; what it runs fails.
   *
   * @param {string} reason
   */
  stop(reason) {
    this.#terminate(reason, false);
  }

  /** @param {string} reason @param {boolean} isExpected */
  #terminate(reason, isExpected) {
    if (this.state === 'stopping' || this.state === 'ended') return;
    this.#reason = reason;
    this.#isExpected = isExpected;
    this.state = 'stopping';
    this.#escalateAfter(this.#config.drainTimeoutMs, true);
    this.#handle?.terminate();
  }

  #onReady() {
    if (this.state !== 'starting') return;
    this.#clock.clearTimeout(this.#startTimer);
    this.state = 'ready';
    this.#readyAt = this.#clock.now();
    this.#checkedAt = this.#readyAt;
    this.#pingedAt = this.#readyAt;
    this.#checkLater();
    this.#owner.onReady(this);
    this.#started.resolve();
  }

  /** @param {number | undefined} memoryBytes */
  #onPong(memoryBytes) {
    this.#silentMs = 0;
    this.#memoryBytes = memoryBytes;
  }

  #onDrained() {
    if (this.state !== 'draining') return;
    this.state = 'stopping';
    this.#escalateAfter(this.#config.drainTimeoutMs, true);
    this.#handle?.end();
  }

  /**
   * @param {string} reason
   * @param {unknown} [cause]
   */
  #onExited(reason, cause) {
    if (this.state === 'ended') return;
    // While it drains it is asked nothing yet: that it ends is its own doing.
    const isOwnDoing = this.state !== 'stopping';
    this.state = 'ended';
    for (const timer of [this.#startTimer, this.#checkTimer, this.#endTimer]) this.#clock.clearTimeout(timer);
    const ending = {
      reason: isOwnDoing ? reason : (this.#reason ?? reason),
      cause,
      isExpected: !isOwnDoing && this.#isExpected,
    };
    this.#owner.onEnded(this, ending);
    this.#started.reject(startFailure(ending));
    this.#ended.resolve();
  }

  /** @param {number} timeoutMs @param {boolean} [canDelay] whether that may be later than was said before */
  #escalateAfter(timeoutMs, canDelay = false) {
    const at = this.#clock.now() + timeoutMs;
    if (at >= this.#killAt && !canDelay) return;
    this.#killAt = at;
    this.#clock.clearTimeout(this.#endTimer);
    this.#endTimer = this.#clock.setTimeout(() => {
      this.state = 'stopping';
      this.#handle?.kill();
    }, timeoutMs);
  }

  #checkLater() {
    const { maxCalls, killAfterMs, pingIntervalMs } = this.#config;
    const needsClose = maxCalls !== undefined || killAfterMs !== undefined;
    const delayMs = needsClose ? Math.min(CHECK_INTERVAL_MS, pingIntervalMs) : pingIntervalMs;
    this.#checkTimer = this.#clock.setTimeout(() => this.#check(delayMs), delayMs);
  }

  /** @param {number} delayMs after which this was to run */
  #check(delayMs) {
    const handle = this.#handle;
    if (handle === undefined || (this.state !== 'ready' && this.state !== 'draining')) return;
    const now = this.#clock.now();
    const usage = handle.usage();
    // A check that comes late, because this thread was blocked, says nothing of the worker.
    this.#silentMs += Math.min(now - this.#checkedAt, 2 * delayMs);
    if (usage.calls !== this.#completed) this.#silentMs = 0;
    this.#completed = usage.calls;
    this.#checkedAt = now;
    if (now - this.#pingedAt >= this.#config.pingIntervalMs) {
      this.#pingedAt = now;
      handle.ping();
    }
    this.#judge(usage);
    this.#checkLater();
  }

  /** @param {import('./launcher').WorkerUsage} usage */
  #judge({ overdueMs, calls }) {
    const { killAfterMs, pingTimeoutMs } = this.#config;
    if (killAfterMs !== undefined && overdueMs > killAfterMs) {
      this.stop(`a call is past its deadline by more than killAfterMs (${killAfterMs})`);
    } else if (pingTimeoutMs > 0 && this.#silentMs > pingTimeoutMs) {
      this.stop(`no sign of life within pingTimeoutMs (${pingTimeoutMs})`);
    } else if (this.state === 'ready' && !this.#isExpired) {
      const reason = this.#limits.reached(calls, this.livedMs, this.#memoryBytes ?? 0);
      if (reason === undefined) return;
      this.#isExpired = true;
      this.#owner.onExpired(this, reason);
    }
  }
}

/** A promise with its levers, which may reject without anyone who waits for it. */
function settleable() {
  /** @type {() => void} */
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let reject = () => {};
  /** @type {Promise<void>} */
  const promise = new NativePromise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  ignore(promise);
  return { promise, resolve, reject };
}

/** @param {Ending} ending */
function startFailure({ reason, cause }) {
  return apiError(Error, 'WORKER_START_FAILED', `A worker could not be started: ${reason}`, {
    reason,
    cause,
  });
}

module.exports = { ManagedWorker };
