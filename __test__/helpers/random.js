// @ts-check
'use strict';

/**
 * A source of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32).
 *
 * @param {number} seed
 */
function randomSource(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @template Item
 * @param {() => number} random
 * @param {readonly Item[]} items
 * @returns {Item}
 */
function pick(random, items) {
  return items[Math.floor(random() * items.length)];
}

module.exports = { pick, randomSource };
