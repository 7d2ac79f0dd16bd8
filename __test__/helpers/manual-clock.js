// @ts-check
'use strict';

/** A clock that stands still until it is turned. */
function manualClock() {
  let now = 0;
  /** @type {Map<number, { at: number, callback: () => void }>} */
  const timers = new Map();
  let next = 0;

  /** The timer that is due first, up to a time. @param {number} until */
  const due = (until) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([, one], [, two]) => one.at - two.at)[0];

  return {
    now: () => now,
    /** @param {() => void} callback @param {number} delayMs */
    setTimeout(callback, delayMs) {
      next += 1;
      timers.set(next, { at: now + delayMs, callback });
      return next;
    },
    /** @param {any} timer */
    clearTimeout: (timer) => void timers.delete(timer),
    /** How many timers wait. */
    get pending() {
      return timers.size;
    },
    /** When the first timer is due, from now. */
    get nextMs() {
      return due(Number.POSITIVE_INFINITY)[1].at - now;
    },
    /**
     * Turns the clock, runs what is due in order, and lets promises settle.
     *
     * @param {number} ms
     */
    async advance(ms) {
      const until = now + ms;
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        timers.delete(timer[0]);
        now = Math.max(now, timer[1].at);
        timer[1].callback();
        await settled();
      }
      now = until;
      await settled();
    },
    /** The thread was blocked: time has passed, and what was due runs only now. @param {number} ms */
    async block(ms) {
      now += ms;
      await this.advance(0);
    },
  };
}

/** Everything that only waits for promises has run. */
function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

module.exports = { manualClock, settled };
