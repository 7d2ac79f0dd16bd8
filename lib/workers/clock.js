// @ts-check
'use strict';

const timers = require('node:timers');

/**
 * @typedef {object} Clock the time and timers of a pool; tests use one that they advance by hand
 * @property {() => number} now in milliseconds
 * @property {(callback: () => void, delayMs: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/**
 * The system's clock. Its timers do not keep the process alive, which is up to the server of the pool.
 *
 * @type {Clock}
 */
const systemClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => timers.setTimeout(callback, delayMs).unref(),
  clearTimeout: (timer) => timers.clearTimeout(timer),
};

module.exports = { systemClock };
