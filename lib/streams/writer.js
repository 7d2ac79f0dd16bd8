// @ts-check
'use strict';

const { StreamSignal } = require('../wire');

/** Writes the bytes of one response that its caller produces. */
class Writer {
  #native;
  #onEnd;
  number;

  /** Set by its user; called when there is room after a `WriteResult.FULL`. @type {() => void} */
  onWritable = () => {};
  /** Set by its user; called when the client has left. @type {() => void} */
  onClosed = () => {};

  /**
   * @param {import('../../binding').NativeBridge} native
   * @param {number} number
   * @param {() => void} onEnd
   */
  constructor(native, number, onEnd) {
    this.#native = native;
    this.#onEnd = onEnd;
    this.number = number;
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {number} a `WriteResult`
   */
  write(bytes) {
    return this.#native.writeStream(this.number, bytes);
  }

  /** @param {boolean} complete whether the response is complete; if not, the connection is closed */
  end(complete) {
    this.#native.endStream(this.number, complete);
    this.#onEnd();
  }

  /** @param {number} signal */
  signal(signal) {
    if (signal === StreamSignal.WRITABLE) this.onWritable();
    else this.onClosed();
  }
}

module.exports = { Writer };
