// @ts-check
'use strict';

const { Readable } = require('node:stream');

/** A request's body as a Node stream: read as it arrives, and no faster than it is read. */
class Upload extends Readable {
  #source;
  #read = () => this._read();

  /** @param {import('./body').BodySource} source */
  constructor(source) {
    super();
    this.#source = source;
  }

  /** @override */
  _read() {
    try {
      const chunk = this.#source.next(this.#read);
      if (chunk !== undefined) this.push(chunk);
    } catch (error) {
      this.destroy(/** @type {Error} */ (error));
    }
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    this.#source.close();
    callback(error);
  }
}

module.exports = { Upload };
