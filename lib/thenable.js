// @ts-check
'use strict';

const { isPromise } = require('node:util/types');
const { NativePromise, apply, promiseThen } = require('./primordials');

/** How many thenables that resolve with thenables are followed. */
const MAX_DEPTH = 100;

/**
 * Resolves thenables as `await` does, but with a bound: `await` follows one that resolves with itself for ever, in
 * microtasks, and blocks the thread. Each `then` is read once, since a getter may return another one later.
 *
 * @typedef {(onValue: (value: any) => void, onError: (error: unknown) => void) => unknown} Then
 */

/**
 * The `then` of a thenable, or undefined for any other value. Throws what a getter of it throws.
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
 * Calls back once with the value or the error of a thenable.
 *
 * @param {any} thenable
 * @param {Then} then read from it before
 * @param {(value: any) => void} onValue must not throw; never gets a thenable
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
 * Calls back with a value, or that of a thenable.
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
 * Resolves a value that may be a thenable. The result is wrapped in an object, since a promise would look for a `then`
 * of it once more.
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
 * Handles the rejection of a promise whose result is not needed.
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
