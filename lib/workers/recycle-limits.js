// @ts-check
'use strict';

/** @typedef {'maxCalls' | 'maxAgeMs' | 'maxMemoryBytes'} RecycleReason */

/** How far limits are spread, in both directions, so that not all workers reach them at the same time. */
const SPREAD = 0.1;

/** The limits at which one worker is recycled. */
class RecycleLimits {
  #maxCalls;
  #maxAgeMs;
  #maxMemoryBytes;

  /**
   * @param {{ maxCalls?: number, maxAgeMs?: number, maxMemoryBytes?: number }} options of the pool
   * @param {number} random from 0 to 1, where in the spread the limits of this worker are
   */
  constructor({ maxCalls, maxAgeMs, maxMemoryBytes }, random) {
    const factor = 1 - SPREAD + 2 * SPREAD * random;
    const scaled = (/** @type {number | undefined} */ limit) =>
      Math.round((limit ?? Number.POSITIVE_INFINITY) * factor);
    this.#maxCalls = scaled(maxCalls);
    this.#maxAgeMs = scaled(maxAgeMs);
    this.#maxMemoryBytes = scaled(maxMemoryBytes);
  }

  /**
   * The limit that a worker has reached, if any.
   *
   * @param {number} calls
   * @param {number} ageMs
   * @param {number} memoryBytes
   * @returns {RecycleReason | undefined}
   */
  reached(calls, ageMs, memoryBytes) {
    if (calls >= this.#maxCalls) return 'maxCalls';
    if (ageMs >= this.#maxAgeMs) return 'maxAgeMs';
    return memoryBytes >= this.#maxMemoryBytes ? 'maxMemoryBytes' : undefined;
  }
}

module.exports = { RecycleLimits };
