// @ts-check
'use strict';

/**
 * Where `serveWorker` registers its handlers if not with a server on stdin: `runner-native serve` runs scripts in its own
 * process. It is global, since the script may load another copy of this package than the command.
 */
const HOST = Symbol.for('@bluelibs/runner-native.workerHost');

/** @typedef {(options: import('./handlers').WorkerOptions) => void} Host */

/** @returns {Host | undefined} */
const currentHost = () => /** @type {any} */ (globalThis)[HOST];

/** @param {Host} host takes the checked options of every `serveWorker` from here on */
function setHost(host) {
  Object.defineProperty(globalThis, HOST, { value: host, configurable: true });
}

module.exports = { currentHost, setHost };
