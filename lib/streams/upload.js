// @ts-check
'use strict';

const { Readable } = require('node:stream');

/** What `readBody` says when it has no chunk (`src/node/server.rs`). */
const PENDING = 0;
const END = 1;

/** A request's body as a Node stream: read as it arrives, and no faster than it is read. */
class Upload extends Readable {
  #native;
  #number;
  #onClose;
  #waiting = false;

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {number} number
   * @param {() => void} onClose
   */
  constructor(native, number, onClose) {
    super();
    this.#native = native;
    this.#number = number;
    this.#onClose = onClose;
  }

  /** There is something to read. */
  arrived() {
    if (!this.#waiting) return;
    this.#waiting = false;
    this._read();
  }

  /** @override */
  _read() {
    const chunk = this.#native.readBody(this.#number);
    if (typeof chunk !== 'number') this.push(chunk);
    else if (chunk === PENDING) this.#waiting = true;
    else if (chunk === END) this.push(null);
    else this.destroy(Object.assign(new Error('The client broke off the request'), { code: 'ECONNRESET' }));
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    this.#native.closeBody(this.#number);
    this.#onClose();
    callback(error);
  }
}

module.exports = { Upload };
