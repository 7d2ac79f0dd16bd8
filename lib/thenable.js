// @ts-check
'use strict';

const { isPromise } = require('node:util/types');
const { NativePromise, apply, promiseThen } = require('./primordials');

/** A thenable that leads to thenables this often leads nowhere. */
const MAX_DEPTH = 100;

/**
 * What `await` and a promise's `resolve` do with a thenable, but with bounds: they follow one that resolves with itself
 * for ever, in microtasks, and hold the thread. Each `then` is read once, since a getter may give another one later.
 *
 * @typedef {(onValue: (value: any) => void, onError: (error: unknown) => void) => unknown} Then
 */

/**
 * The `then` of a thenable, or undefined for any other value. Throws what a getter throws.
 *
 * @param {any} value
 * @returns {Then | undefined}
 */
function thenOf(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
  const { then } = value;
  return typeof then === 'function' ? then : undefined;
}

/**
 * Calls back once with what a thenable comes to.
 *
 * @param {any} thenable
 * @param {Then} then its own
 * @param {(value: any) => void} onValue must not throw; the value is no thenable
 * @param {(error: unknown) => void} onError must not throw
 * @param {number} [depth]
 */
function settle(thenable, then, onValue, onError, depth = 0) {
  let called = false;
  /** @type {(act: (result: any) => void) => (result: any) => void} */
  const once = (act) => (result) => {
    if (called) return;
    called = true;
    act(result);
  };
  try {
    if (then === promiseThen && isPromise(thenable)) {
      apply(then, thenable, [onValue, onError]);
      return;
    }
    if (depth === MAX_DEPTH)
      throw new TypeError(`A thenable resolved with a thenable ${MAX_DEPTH} times over`);
    const step = (/** @type {unknown} */ value) => settleValue(value, onValue, onError, depth + 1);
    apply(then, thenable, [once(step), once(onError)]);
  } catch (error) {
    once(onError)(error);
  }
}

/**
 * Calls back with a value, or what it comes to if it is a thenable.
 *
 * @param {unknown} value
 * @param {(value: any) => void} onValue must not throw
 * @param {(error: unknown) => void} onError must not throw
 * @param {number} [depth]
 */
function settleValue(value, onValue, onError, depth = 0) {
  let then;
  try {
    then = thenOf(value);
  } catch (error) {
    onError(error);
    return;
  }
  if (then === undefined) onValue(value);
  else settle(value, then, onValue, onError, depth);
}

/**
 * A promise of what a value comes to, in a box: `await` would look for a `then` of the value once more.
 *
 * @template T
 * @param {T} value
 * @returns {Promise<{ value: Awaited<T> }>}
 */
function outcome(value) {
  return new NativePromise((resolve, reject) => {
    settleValue(value, (settled) => resolve({ value: settled }), reject);
  });
}

/**
 * Lets a promise that is of no interest reject.
 *
 * @param {unknown} value
 */
function ignore(value) {
  settleValue(
    value,
    () => {},
    () => {},
  );
}

module.exports = { ignore, outcome, settle, settleValue, thenOf };
