// @ts-check
'use strict';

const { apiError } = require('../errors');
const { DEFAULT_NAME, writeTempFile } = require('./temp-file');

/**
 * @typedef {object} FileSource where the bytes of a file come from
 * @property {() => import('node:stream').Readable | undefined} open opens its stream, once; undefined if the call is
 *   over
 * @property {(stream: import('node:stream').Readable, callback: () => void) => void} whenNamed calls back, once, when
 *   the metadata of the file is complete
 */

/** A file of a multipart call: its metadata, and a stream of its bytes that can be read once. */
class InputFile {
  name = DEFAULT_NAME;
  /** @type {string | undefined} */
  type = undefined;
  /** @type {number | undefined} */
  size = undefined;
  /** @type {number | undefined} */
  lastModified = undefined;
  /** @type {Record<string, unknown> | undefined} */
  extra = undefined;
  #source;
  #isConsumed = false;

  /** @param {FileSource} source */
  constructor(source) {
    this.#source = source;
  }

  async resolve() {
    return { stream: this.stream() };
  }

  stream() {
    if (this.#isConsumed) throw apiError(Error, 'FILE_CONSUMED', 'InputFile stream already consumed');
    const stream = this.#source.open();
    if (stream === undefined) {
      throw apiError(Error, 'FILE_UNAVAILABLE', 'InputFile stream is not available');
    }
    this.#isConsumed = true;
    return stream;
  }

  /** @param {string} [dir] */
  toTempFile(dir) {
    return writeTempFile(this, this.#source, dir);
  }
}

/** @typedef {Pick<InputFile, 'name' | 'type' | 'size' | 'lastModified' | 'extra'>} FileDescription */

module.exports = { InputFile };
