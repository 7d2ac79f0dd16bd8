// @ts-check
'use strict';

const { StreamSignal } = require('../wire');

/** Writes the bytes of one response that is not made of chunks. */
class Writer {
  #native;
  #onEnd;
  number;

  /** @type {() => void} set by the user of the writer */
  onRoom = () => {};
  /** @type {() => void} set by the user of the writer; called when the client has left */
  onGone = () => {};

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {number} number
   * @param {() => void} onEnd
   */
  constructor(native, number, onEnd) {
    this.#native = native;
    this.#onEnd = onEnd;
    this.number = number;
  }

  /**
   * Adds a chunk, and gives a `WriteResult`.
   *
   * @param {Uint8Array} bytes
   */
  write(bytes) {
    return this.#native.writeStream(this.number, bytes);
  }

  /** @param {boolean} complete one that is not takes its connection with it */
  end(complete) {
    this.#native.endStream(this.number, complete);
    this.#onEnd();
  }

  /** @param {number} signal */
  signal(signal) {
    if (signal === StreamSignal.WRITABLE) this.onRoom();
    else this.onGone();
  }
}

module.exports = { Writer };
