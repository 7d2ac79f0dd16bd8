// @ts-check
'use strict';

const { once } = require('node:events');

/**
 * A promise with its `resolve` and `reject`.
 *
 * @template [T=void]
 * @returns {{ promise: Promise<T>, resolve: (value: T) => void, reject: (reason: unknown) => void }}
 */
function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/**
 * Waits for one event. Unlike `once`, it does not reject on an 'error' event, since a test may wait for the 'close'
 * after a reset.
 *
 * @param {import('node:events').EventEmitter} emitter
 * @param {string} name
 * @returns {Promise<unknown[]>} the event's arguments
 */
function until(emitter, name) {
  return new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
}

/**
 * Waits for the signal to abort. Resolves at once if it has.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>} the reason
 */
function aborted(signal) {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}

/**
 * Collects items, and lets a test wait until there are `count`.
 *
 * @template T
 */
function collector() {
  /** @type {T[]} */
  const items = [];
  /** @type {{ count: number, resolve: (items: T[]) => void }[]} */
  let waiting = [];
  return {
    items,
    /** @param {T} item */
    push(item) {
      items.push(item);
      const due = waiting.filter((wait) => wait.count <= items.length);
      waiting = waiting.filter((wait) => wait.count > items.length);
      for (const wait of due) wait.resolve(items);
    },
    /**
     * @param {number} count
     * @returns {Promise<T[]>}
     */
    reach(count) {
      if (items.length >= count) return Promise.resolve(items);
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
  };
}

module.exports = { deferred, once, until, aborted, collector };
