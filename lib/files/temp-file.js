// @ts-check
'use strict';

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');
const { NativePromise } = require('../primordials');

const DEFAULT_NAME = 'upload';
const MAX_NAME_LENGTH = 64;

/**
 * Writes an input file into a folder, under a unique name. Removes what was written if the file breaks off.
 *
 * @param {{ name: string, stream(): import('node:stream').Readable }} file
 * @param {import('./input-file').FileSource} source
 * @param {string} [dir] created if it is missing; the system's folder for temporary files by default
 */
async function writeTempFile(file, source, dir = os.tmpdir()) {
  const stream = file.stream();
  let target = '';
  /** Waits for the name, which may be known only when the part of the file begins. @type {typeof openInside} */
  const open = (_path, flags, mode, callback) =>
    source.whenNamed(stream, () => {
      target = path.join(dir, uniqueName(file.name));
      openInside(target, flags, mode, callback);
    });
  const write = fs.createWriteStream(dir, { flags: 'wx', fs: { ...INSIDE, open } });
  try {
    await pipeline(stream, write);
  } catch (error) {
    // A file that is still being opened would be created after its removal.
    if (!write.closed) await new NativePromise((resolve) => write.once('close', () => resolve(undefined)));
    await fs.promises.rm(target, { force: true }).catch(() => {});
    throw error;
  }
  return { path: target, bytesWritten: write.bytesWritten };
}

/** @param {string} name as the client gave it */
function uniqueName(name) {
  const safe = name.replace(/[^a-zA-Z0-9._-]/g, '_').slice(0, MAX_NAME_LENGTH) || DEFAULT_NAME;
  return `${safe}.${Date.now()}.${randomBytes(4).toString('hex')}`;
}

/**
 * Opens a file in a folder that may have to be created first. The write stream calls it, so that the source is
 * piped from the start.
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

/** What a write stream needs of `fs`. */
const INSIDE = { write: fs.write, writev: fs.writev, close: fs.close };

module.exports = { DEFAULT_NAME, writeTempFile };
