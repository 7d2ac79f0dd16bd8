// @ts-check
'use strict';

const { PassThrough, Readable } = require('node:stream');
const { types } = require('node:util');
const { TextEncoder, stringify } = require('../primordials');
const { outcome } = require('../thenable');

const utf8 = new TextEncoder();

/**
 * @typedef {object} Chunks what a stream is made of, pulled one by one
 * @property {() => PromiseLike<IteratorResult<unknown>> | IteratorResult<unknown>} next
 * @property {() => unknown} cancel tells their producer to stop: they are not read any more
 */

/**
 * The chunks of a value that is a stream of bytes: a Node `Readable`, or a web `ReadableStream`.
 *
 * @param {any} value
 * @returns {Chunks | undefined}
 */
function byteChunks(value) {
  if (typeof value?.pipe === 'function') {
    const readable = readableOf(value);
    const iterator = readable[Symbol.asyncIterator]();
    const cancel = () => {
      // A stream that fails while it is destroyed has no other listener.
      readable.on('error', () => {});
      readable.destroy();
      // Wrapped, it does not know.
      if (readable !== value) value.destroy?.();
    };
    return { next: () => iterator.next(), cancel };
  }
  if (typeof value?.getReader === 'function') {
    const reader = value.getReader();
    return { next: () => reader.read(), cancel: () => reader.cancel() };
  }
  return undefined;
}

/**
 * @param {any} value that can be piped
 * @returns {Readable}
 */
function readableOf(value) {
  if (typeof value[Symbol.asyncIterator] === 'function') return value;
  // A stream of the old kind has no iterator.
  if (typeof value.on === 'function') return new Readable().wrap(value);
  // What can be piped and nothing else.
  const through = new PassThrough();
  value.pipe(through);
  return through;
}

/**
 * The chunks of an async iterable.
 *
 * @param {any} value
 * @returns {Chunks | undefined}
 */
function iteratedChunks(value) {
  if (typeof value?.[Symbol.asyncIterator] !== 'function') return undefined;
  const iterator = value[Symbol.asyncIterator]();
  return { next: () => iterator.next(), cancel: () => iterator.return?.() };
}

/**
 * Tells the producer of the chunks that they are not wanted; an error of it is ignored.
 *
 * @param {Chunks} chunks
 */
async function cancel(chunks) {
  try {
    await outcome(chunks.cancel());
  } catch {
    // It was told.
  }
}

/**
 * @param {unknown} chunk of a stream of bytes
 * @returns {Uint8Array}
 */
function toBytes(chunk) {
  if (typeof chunk === 'string') return utf8.encode(chunk);
  const bytes = bytesOf(chunk);
  if (bytes !== undefined) return bytes;
  throw new TypeError(
    `A chunk of a streamed response: received ${typeof chunk}, expected a Uint8Array or a string`,
  );
}

/**
 * The bytes of a buffer, or of a view of one, of whatever realm.
 *
 * @param {any} value
 * @returns {Uint8Array | undefined}
 */
function bytesOf(value) {
  if (types.isUint8Array(value)) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** @param {unknown} value as a line of JSON */
function toLine(value) {
  return utf8.encode(`${toJson(value)}\n`);
}

/** @param {unknown} value as a server-sent event */
function toEvent(value) {
  return utf8.encode(`data: ${toJson(value)}\n\n`);
}

/** @param {unknown} value */
function toJson(value) {
  const text = stringify(value);
  if (text !== undefined) return text;
  throw new TypeError(`A value of a streamed response: received ${typeof value}, expected JSON data`);
}

module.exports = { byteChunks, bytesOf, cancel, iteratedChunks, toBytes, toEvent, toLine };
