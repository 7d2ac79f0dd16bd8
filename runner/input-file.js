// @ts-check
'use strict';

const { DEFAULT_NAME, writeTempFile } = require('../lib/files/temp-file');
const { peer } = require('./peer');

/** @typedef {import('../lib/files/input-file').FileSource} FileSource */

/** Runner's class, with the private members that hold the stream and whether it was consumed. */
const Base = /** @type {new (meta: { name: string }, stream: null) => {
  name: string, type: string | undefined, size: number | undefined, lastModified: number | undefined,
  extra: Record<string, unknown> | undefined,
  _stream: import('node:stream').Readable | null | undefined, _consumed: boolean,
  stream(): import('node:stream').Readable,
}} */ (/** @type {unknown} */ (peer.NodeInputFile));

/** A file of a multipart call as an instance of Runner's class. Its stream is opened on first use. */
class NodeInputFile extends Base {
  #source;

  /** @param {FileSource} source */
  constructor(source) {
    super({ name: DEFAULT_NAME }, null);
    this.#source = source;
  }

  /** @override */
  stream() {
    if (!this._consumed) this._stream = this.#source.open();
    return super.stream();
  }

  /** @param {string} [dir] */
  toTempFile(dir) {
    return writeTempFile(this, this.#source, dir);
  }
}

/** @param {FileSource} source */
function createFile(source) {
  return new NodeInputFile(source);
}

module.exports = { createFile };
