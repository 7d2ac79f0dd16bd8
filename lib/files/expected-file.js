// @ts-check
'use strict';

/** @typedef {import('./input-file').FileSource} FileSource */

/**
 * A file that a manifest names. Its metadata comes from the manifest and, where that leaves it open, from its part.
 *
 * @template {import('./input-file').FileDescription} File
 * @implements {FileSource}
 */
class ExpectedFile {
  #open;
  #isNamed = false;
  /** Whether its part has begun, after which no more metadata comes. */
  #hasArrived = false;
  /** @type {() => void} */
  #onArrival = () => {};

  /**
   * @param {FileSource['open']} open
   * @param {(source: FileSource) => File} create makes the object that the handler gets
   */
  constructor(open, create) {
    this.#open = open;
    this.file = create(this);
  }

  open() {
    return this.#open();
  }

  /**
   * @param {import('node:stream').Readable} stream
   * @param {() => void} callback also called if no part of the file will come
   */
  whenNamed(stream, callback) {
    if (this.#isNamed || this.#hasArrived || stream.closed) {
      callback();
      return;
    }
    const settle = () => {
      stream.off('close', settle);
      this.#onArrival = () => {};
      callback();
    };
    this.#onArrival = settle;
    stream.once('close', settle);
  }

  /**
   * Sets the metadata of the manifest.
   *
   * @param {any} meta
   */
  describe(meta) {
    const { file } = this;
    const { name, type, size, lastModified, extra } = meta ?? {};
    if (typeof name === 'string') {
      file.name = name;
      this.#isNamed = true;
    }
    if (typeof type === 'string') file.type = type;
    if (typeof size === 'number') file.size = size;
    if (typeof lastModified === 'number') file.lastModified = lastModified;
    if (extra !== null && typeof extra === 'object') file.extra = extra;
  }

  /** Whether the part of the file can add metadata. */
  get isIncomplete() {
    return !this.#isNamed || this.file.type === undefined;
  }

  /**
   * Adds the metadata of the part, which has begun.
   *
   * @param {string | null} name
   * @param {string} type
   */
  complete(name, type) {
    const { file } = this;
    if (!this.#isNamed && name !== null) {
      file.name = name;
      this.#isNamed = true;
    }
    file.type ??= type;
    this.#hasArrived = true;
    this.#onArrival();
  }
}

module.exports = { ExpectedFile };
