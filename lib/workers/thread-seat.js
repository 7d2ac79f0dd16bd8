// @ts-check
'use strict';

const {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
} = require('node:worker_threads');

/** The key of the environment data in which a thread finds what ties it to its pool. */
const KEY = '@bluelibs/runner-native/thread';

/**
 * @typedef {object} ThreadSeat what ties a thread to its pool
 * @property {number} server
 * @property {number} worker
 *
 * @typedef {{ type: 'ping' } | { type: 'end' }} ToThread
 *
 * @typedef {{ type: 'ready' }
 *   | { type: 'pong', memoryBytes: number }
 *   | { type: 'log', level: 'error' | 'warn' | 'info' | 'debug', key: string, data: Record<string, unknown> }} FromThread
 */

/** That of this thread, if a pool has started it. Threads that it starts itself have none. */
const ownSeat = takeOwnSeat();

/**
 * Starts a thread that finds the seat as its own. What is in the environment data of this thread is cloned into one
 * that is made: no other one gets it, and `workerData` stays the application's.
 *
 * @template T
 * @param {ThreadSeat} seat
 * @param {() => T} start
 * @returns {T}
 */
function withSeat(seat, start) {
  setEnvironmentData(KEY, /** @type {any} */ (seat));
  try {
    return start();
  } finally {
    setEnvironmentData(KEY, /** @type {any} */ (undefined));
  }
}

/**
 * The way between the supervision of a pool and a thread. It does not keep either alive.
 *
 * @param {ThreadSeat} seat
 * @param {(message: any) => void} onMessage
 */
function openChannel({ server, worker }, onMessage) {
  const channel = new BroadcastChannel(`${KEY}/${server}/${worker}`);
  channel.onmessage = (/** @type {any} */ { data }) => onMessage(data);
  /** @type {any} */ (channel).unref();
  return channel;
}

/** @returns {ThreadSeat | undefined} */
function takeOwnSeat() {
  if (isMainThread) return undefined;
  const seat = /** @type {any} */ (getEnvironmentData(KEY));
  setEnvironmentData(KEY, /** @type {any} */ (undefined));
  return seat;
}

module.exports = { openChannel, ownSeat, withSeat };
