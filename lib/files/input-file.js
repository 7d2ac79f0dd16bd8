// @ts-check
'use strict';

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');

const DEFAULT_NAME = 'upload';
const LONGEST_NAME = 64;

/**
 * @typedef {object} Source where the bytes of a file come from
 * @property {() => import('node:stream').Readable} open
 * @property {(code: 'FILE_CONSUMED') => Error} error
 */

/** A file of a multipart call: what is known of it, and its bytes, once. */
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
  #named = false;
  /** Whether its part has begun, so that no more will be known of it. */
  #arrived = false;
  /** @type {() => void} */
  #onArrival = () => {};
  #consumed = false;

  /** @param {Source} source */
  constructor(source) {
    this.#source = source;
  }

  async resolve() {
    return { stream: this.stream() };
  }

  stream() {
    if (this.#consumed) throw this.#source.error('FILE_CONSUMED');
    const stream = this.#source.open();
    this.#consumed = true;
    return stream;
  }

  /** @param {string} [dir] */
  async toTempFile(dir = os.tmpdir()) {
    const source = this.stream();
    let target = '';
    /** Its name may be known only when its part begins. @type {typeof openInside} */
    const open = (_path, flags, mode, callback) =>
      this.#whenNamed(source, () => {
        target = path.join(dir, uniqueName(this.name));
        openInside(target, flags, mode, callback);
      });
    const write = fs.createWriteStream(dir, { flags: 'wx', fs: { ...INSIDE, open } });
    try {
      await pipeline(source, write);
    } catch (error) {
      // A file that is still being opened would be there after it was removed.
      if (!write.closed) await new Promise((resolve) => write.once('close', () => resolve(undefined)));
      await fs.promises.rm(target, { force: true }).catch(() => {});
      throw error;
    }
    return { path: target, bytesWritten: write.bytesWritten };
  }

  /**
   * @param {import('node:stream').Readable} source
   * @param {() => void} callback called once, also where no part of the file will come
   */
  #whenNamed(source, callback) {
    if (this.#named || this.#arrived || source.closed) {
      callback();
      return;
    }
    const settle = () => {
      source.off('close', settle);
      this.#onArrival = () => {};
      callback();
    };
    this.#onArrival = settle;
    source.once('close', settle);
  }

  /**
   * Takes over what the manifest says of a file.
   *
   * @param {InputFile} file
   * @param {any} meta
   */
  static describe(file, meta) {
    const { name, type, size, lastModified, extra } = meta ?? {};
    if (typeof name === 'string') {
      file.name = name;
      file.#named = true;
    }
    if (typeof type === 'string') file.type = type;
    if (typeof size === 'number') file.size = size;
    if (typeof lastModified === 'number') file.lastModified = lastModified;
    if (extra !== null && typeof extra === 'object') file.extra = extra;
  }

  /**
   * Whether the part of a file can add to what is known of it.
   *
   * @param {InputFile} file
   */
  static isIncomplete(file) {
    return !file.#named || file.type === undefined;
  }

  /**
   * Takes over what the part of a file adds.
   *
   * @param {InputFile} file
   * @param {string | null} name
   * @param {string} type
   */
  static complete(file, name, type) {
    if (!file.#named && name !== null) {
      file.name = name;
      file.#named = true;
    }
    file.type ??= type;
    file.#arrived = true;
    file.#onArrival();
  }
}

/** @param {string} name as the client gave it */
function uniqueName(name) {
  const safe = name.replace(/[^a-zA-Z0-9._-]/g, '_').slice(0, LONGEST_NAME) || DEFAULT_NAME;
  return `${safe}.${Date.now()}.${randomBytes(4).toString('hex')}`;
}

/**
 * Opens a file in a folder that may have to be made first. Done by the stream that writes, so that the source is
 * read from the start.
 *
 * @param {string} file
 * @param {string} flags
 * @param {number} mode
 * @param {(error: Error | null, descriptor?: number) => void} callback
 */
function openInside(file, flags, mode, callback) {
  fs.mkdir(path.dirname(file), { recursive: true }, (error) => {
    if (error) callback(error);
    else fs.open(file, flags, mode, callback);
  });
}

/** What a stream that writes needs of the file system. */
const INSIDE = { write: fs.write, writev: fs.writev, close: fs.close };

module.exports = { InputFile };
