// @ts-check
'use strict';

const { apiError } = require('../errors');
const { NativePromise } = require('../primordials');
const { Seat } = require('./seat');

/** Keeps as many workers as there should be; each has a {@link Seat}. */
class Supervisor {
  #deps;
  /** @type {Seat[]} */
  #seats = [];
  /** Seats that were taken away, until their workers have ended. @type {Set<Seat>} */
  #removed = new Set();
  #isClosed = false;
  /** @type {Promise<void> | undefined} */
  #reloading;
  /** @type {Promise<void> | undefined} */
  #reloadingAgain;
  /** The end of the last change of the size. @type {Promise<void>} */
  #resized = NativePromise.resolve();

  /** @param {import('./seat').SeatDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  /** How many workers there should be. */
  get size() {
    return this.#seats.length;
  }

  /** The workers that there are, those that are starting or ending too. */
  get workers() {
    return [...this.#seats, ...this.#removed].flatMap(({ workers }) => workers);
  }

  /**
   * Starts all workers and waits until they take calls.
   *
   * @returns {Promise<void>} rejects if one of them cannot be started; none is left then
   */
  async start() {
    try {
      await this.#whileOpen(() => this.#grow(this.#deps.config.size));
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /**
   * Changes how many workers there are, and waits until that holds.
   *
   * @param {number} size
   * @returns {Promise<void>} rejects if one that was added cannot be started; that one is given up
   */
  resize(size) {
    const resized = this.#resized.then(() => this.#whileOpen(() => this.#resize(size)));
    this.#resized = resized.catch(() => {});
    return resized;
  }

  /**
   * Replaces one worker after the other. While that is under way, a further call replaces them all once more.
   *
   * @returns {Promise<void>} rejects if a new one cannot be started; those that it was to replace go on
   */
  reload() {
    if (this.#reloading === undefined) {
      this.#reloading = this.#whileOpen(() => this.#reload()).finally(() => {
        this.#reloading = undefined;
      });
      return this.#reloading;
    }
    this.#reloadingAgain ??= this.#reloading
      .catch(() => {})
      .then(() => {
        this.#reloadingAgain = undefined;
        return this.reload();
      });
    return this.#reloadingAgain;
  }

  /**
   * Lets the workers finish what they run, for `timeoutMs` at most, and ends them. Legal at any time.
   *
   * @param {number} timeoutMs
   */
  async close(timeoutMs) {
    this.#isClosed = true;
    const seats = [...this.#seats.splice(0), ...this.#removed];
    await NativePromise.all(seats.map((seat) => this.#remove(seat, 'close', timeoutMs)));
  }

  /** @param {number} size */
  async #resize(size) {
    if (size >= this.#seats.length) return this.#grow(size - this.#seats.length);
    const { drainTimeoutMs } = this.#deps.config;
    const removed = this.#seats.splice(size);
    await NativePromise.all(removed.map((seat) => this.#remove(seat, 'resize', drainTimeoutMs)));
  }

  /** @param {number} count */
  async #grow(count) {
    const added = Array.from({ length: count }, () => new Seat(this.#deps));
    this.#seats.push(...added);
    const started = await NativePromise.allSettled(added.map((seat) => seat.fill()));
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed === undefined) return;
    this.#seats = this.#seats.filter((seat) => seat.isProven || !added.includes(seat));
    throw /** @type {PromiseRejectedResult} */ (failed).reason;
  }

  async #reload() {
    for (const seat of [...this.#seats]) {
      if (this.#seats.includes(seat)) await seat.replace('reload');
    }
  }

  /** @param {Seat} seat @param {string} reason @param {number} timeoutMs */
  async #remove(seat, reason, timeoutMs) {
    this.#removed.add(seat);
    await seat.vacate(reason, timeoutMs);
    this.#removed.delete(seat);
  }

  /**
   * Says that the pool is closed in place of what a change came to because of that.
   *
   * @param {() => Promise<void>} change
   * @returns {Promise<void>}
   */
  async #whileOpen(change) {
    this.#checkOpen();
    try {
      await change();
    } finally {
      this.#checkOpen();
    }
  }

  #checkOpen() {
    if (this.#isClosed) throw apiError(Error, 'STATE_INVALID', 'The pool is closed');
  }
}

module.exports = { Supervisor };
