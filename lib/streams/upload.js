// @ts-check
'use strict';

const { Readable } = require('node:stream');

/** A request's body as a Node stream. It arrives no faster than it is read. */
class Upload extends Readable {
  #source;
  #read = () => this._read();
  /** @type {Set<NodeJS.WritableStream>} */
  #destinations = new Set();

  /** @param {import('./body').BodySource} source */
  constructor(source) {
    super();
    this.#source = source;
    // Keeps the error of a client that leaves from ending a process whose handler does not listen for it.
    this.on('error', () => {});
  }

  /** Whether the body is being read, so that its end will be reached. */
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
   * Keeps the destinations: a full one pauses the stream, which nevertheless counts as being read.
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
