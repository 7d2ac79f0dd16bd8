// @ts-check
'use strict';

const timers = require('node:timers');

/**
 * @typedef {object} Clock what a pool knows of time; tests give one that they turn by hand
 * @property {() => number} now in milliseconds
 * @property {(callback: () => void, delayMs: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/**
 * The time of the machine. No timer keeps the process alive: a pool serves a server, which does that.
 *
 * @type {Clock}
 */
const systemClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => timers.setTimeout(callback, delayMs).unref(),
  clearTimeout: (timer) => timers.clearTimeout(timer),
};

module.exports = { systemClock };
