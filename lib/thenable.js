// @ts-check
'use strict';

/** A thenable that leads to thenables this often leads nowhere. */
const DEEPEST = 100;

/**
 * @param {any} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof value.then === 'function'
  );
}

/**
 * A promise of what a thenable resolves to. `await` alone would follow one that resolves with itself for
 * ever, in microtasks, and hold the thread.
 *
 * @param {PromiseLike<unknown>} thenable
 * @param {number} [depth]
 * @returns {PromiseLike<unknown>}
 */
function follow(thenable, depth = 0) {
  if (thenable instanceof Promise) return thenable;
  return new Promise((resolve, reject) => {
    if (depth === DEEPEST) throw new TypeError(`A thenable resolved with a thenable ${DEEPEST} times over`);
    thenable.then((value) => {
      try {
        resolve(isThenable(value) ? follow(value, depth + 1) : value);
      } catch (error) {
        // Looking at `then` can throw.
        reject(error);
      }
    }, reject);
  });
}

/**
 * What a call of the user's comes to, be it a promise or not.
 *
 * @param {any} value
 */
function settled(value) {
  return isThenable(value) ? follow(value) : value;
}

module.exports = { follow, isThenable, settled };
