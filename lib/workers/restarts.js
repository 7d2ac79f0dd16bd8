// @ts-check
'use strict';

/** A worker that was ready for this long did not fail to start. */
const SOUND_LIFE_MS = 10_000;

/** When the next worker is started in the place of one that was lost. */
class Restarts {
  #options;
  #failures = 0;

  /** @param {{ minDelayMs: number, maxDelayMs: number, maxFailures: number | undefined }} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * The delay of the next start, doubled with each failure in a row; undefined once those are too many.
   *
   * @param {number} livedMs how long the lost worker was ready
   * @returns {number | undefined}
   */
  next(livedMs) {
    const { minDelayMs, maxDelayMs, maxFailures = Number.POSITIVE_INFINITY } = this.#options;
    this.#failures = livedMs >= SOUND_LIFE_MS ? 1 : this.#failures + 1;
    if (this.#failures > maxFailures) return undefined;
    return Math.min(maxDelayMs, minDelayMs * 2 ** (this.#failures - 1));
  }
}

module.exports = { Restarts };
