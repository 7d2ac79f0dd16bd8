// @ts-check
'use strict';

const { Readable } = require('node:stream');

/** A request's body as a Node stream: read as it arrives, and no faster than it is read. */
class Upload extends Readable {
  #source;
  #read = () => this._read();
  /** @type {Set<NodeJS.WritableStream>} */
  #destinations = new Set();

  /** @param {import('./body').BodySource} source */
  constructor(source) {
    super();
    this.#source = source;
    // A client that leaves takes down no process whose handler does not listen.
    this.on('error', () => {});
  }

  /** Whether what comes is taken, so that the end will come, too. */
  get isRead() {
    return this.readableFlowing === true || this.listenerCount('readable') > 0 || this.#destinations.size > 0;
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
   * A destination that is full pauses its source, which counts as read nevertheless.
   *
   * @override
   * @template {NodeJS.WritableStream} T
   * @param {T} destination
   * @param {{ end?: boolean }} [options]
   */
  pipe(destination, options) {
    this.#destinations.add(destination);
    return super.pipe(destination, options);
  }

  /**
   * @override
   * @param {NodeJS.WritableStream} [destination]
   */
  unpipe(destination) {
    if (destination === undefined) this.#destinations.clear();
    else this.#destinations.delete(destination);
    return super.unpipe(destination);
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
