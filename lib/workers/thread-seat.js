// @ts-check
'use strict';

const {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
} = require('node:worker_threads');

/** The key of the environment data from which a thread learns its place in a pool. */
const KEY = '@bluelibs/runner-native/thread';

/**
 * @typedef {object} ThreadSeat the place of a thread in a pool
 * @property {number} server
 * @property {number} worker
 *
 * @typedef {{ type: 'ping' } | { type: 'end' }} ToThread
 *
 * @typedef {{ type: 'ready' }
 *   | { type: 'pong', memoryBytes: number }
 *   | { type: 'log', level: 'error' | 'warn' | 'info' | 'debug', key: string, data: Record<string, unknown> }} FromThread
 */

/** The seat of this thread, if a pool has started it. Threads that it starts itself have none. */
const ownSeat = takeOwnSeat();

/**
 * Starts a thread with a seat. Passes it as environment data, which is cloned when a thread is created, and removes it
 * for other threads. So `workerData` is left to the application.
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
 * The channel between a pool and a thread, which does not keep either alive.
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
