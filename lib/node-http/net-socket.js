// @ts-check
'use strict';

const { Duplex } = require('node:stream');

// Taken from the module: fake timers of an application's tests must not change when a call times out.
const { clearTimeout, setTimeout } = require('node:timers');

/** The longest delay of Node's timers. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * @typedef {object} End of a connection
 * @property {string} address
 * @property {number} [port]
 *
 * @typedef {{ remote: End, local: End }} Ends
 */

/**
 * The members of `net.Socket` besides its bytes: the addresses of its connection, and its idle timeout. Methods that
 * would change the real connection do nothing.
 */
class NetSocket extends Duplex {
  #remote;
  #local;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  bytesRead = 0;
  bytesWritten = 0;
  connecting = false;
  pending = false;
  /** @type {number | undefined} */
  timeout = undefined;

  /** @param {Ends} ends */
  constructor({ remote, local }) {
    super({ emitClose: false });
    this.#remote = remote;
    this.#local = local;
  }

  get remoteAddress() {
    return this.#remote.address;
  }

  get remotePort() {
    return this.#remote.port;
  }

  get remoteFamily() {
    return familyOf(this.#remote);
  }

  get localAddress() {
    return this.#local.address;
  }

  get localPort() {
    return this.#local.port;
  }

  get localFamily() {
    return familyOf(this.#local);
  }

  get readyState() {
    if (this.destroyed) return 'closed';
    return this.writable ? 'open' : 'readOnly';
  }

  address() {
    const { address, port } = this.#local;
    return { address, family: familyOf(this.#local), port };
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  destroySoon() {
    this.end();
  }

  resetAndDestroy() {
    return this.destroy();
  }

  /**
   * Emits 'timeout' once nothing has been read or written for that long.
   *
   * @param {number} ms 0 for never
   * @param {() => void} [callback]
   */
  setTimeout(ms, callback) {
    if (typeof ms !== 'number' || !(ms >= 0)) {
      throw Object.assign(new RangeError(`A socket's timeout: received ${ms}, expected milliseconds`), {
        code: 'ERR_OUT_OF_RANGE',
      });
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.timeout = ms;
    if (ms > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => this.emit('timeout'), Math.min(ms, MAX_TIMEOUT_MS));
      this.#timer.unref();
    }
    if (callback !== undefined) {
      if (ms === 0) this.removeListener('timeout', callback);
      else this.once('timeout', callback);
    }
    return this;
  }

  /** Restarts the idle timeout after something was read or written. */
  touch() {
    this.#timer?.refresh();
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    clearTimeout(this.#timer);
    callback(error);
  }
}

/** @param {End} end */
function familyOf({ address }) {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

module.exports = { NetSocket };
