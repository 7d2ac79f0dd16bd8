// @ts-check
'use strict';

const BOUNDARY = 'parity-boundary';

/**
 * @typedef {object} Part
 * @property {string} [name]
 * @property {string} [filename]
 * @property {string} [type] its content-type
 * @property {string} [head] the part's header lines as they are, instead of what follows from the rest
 * @property {string | Buffer} content
 */

/**
 * The field with the input.
 *
 * @param {unknown} input
 * @returns {Part}
 */
function manifest(input) {
  return { name: '__manifest', content: JSON.stringify({ input }) };
}

/**
 * The place of a file within the input.
 *
 * @param {string} id
 * @param {object} [meta]
 */
function sentinel(id, meta = { name: `${id}.txt` }) {
  return { $runnerFile: 'File', id, meta };
}

/**
 * @param {string} id
 * @param {string | Buffer} content
 * @param {Partial<Part>} [more]
 * @returns {Part}
 */
function file(id, content, more = {}) {
  return { name: `file:${id}`, filename: `${id}.part`, type: 'text/plain', content, ...more };
}

/**
 * @param {Part[]} parts
 * @param {{ boundary?: string, end?: string, start?: string }} [options] `end`: what stands after the last part
 */
function formBytes(parts, { boundary = BOUNDARY, start = '', end = `--${boundary}--\r\n` } = {}) {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n`, 'utf8'),
    Buffer.from(part.content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([Buffer.from(start), ...pieces, Buffer.from(end)]);
}

/** @param {Part} part */
function headOf({ head, name, filename, type }) {
  if (head !== undefined) return head;
  const named = filename === undefined ? '' : `; filename="${filename}"`;
  const typed = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  return `Content-Disposition: form-data; name="${name}"${named}\r\n${typed}`;
}

/**
 * A call of a task with a form.
 *
 * @param {string} id
 * @param {Part[]} parts
 * @param {Parameters<typeof formBytes>[1] & { type?: string, chunked?: number, headers?: Record<string, string> }} [options]
 *   `chunked`: the body is sent in chunks of this many bytes
 * @returns {import('./request.js').RequestSpec}
 */
function form(id, parts, { type, chunked, headers, ...options } = {}) {
  const bytes = formBytes(parts, options);
  const path = `/__runner/task/${id}`;
  const all = { 'content-type': type ?? `multipart/form-data; boundary=${BOUNDARY}`, ...headers };
  return chunked === undefined
    ? { path, headers: all, body: bytes }
    : { path, headers: all, chunks: cut(bytes, chunked) };
}

/**
 * @param {Buffer} bytes
 * @param {number} size
 */
function cut(bytes, size) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** A manifest with the one file `F1`. */
const ONE = manifest({ file: sentinel('F1') });

/** The usual call. @param {Part[]} parts @param {Parameters<typeof form>[2]} [options] */
const upload = (parts, options) => form('upload', parts, options);

module.exports = { BOUNDARY, ONE, file, form, formBytes, manifest, sentinel, upload };
