// @ts-check
'use strict';

const { PassThrough, Readable } = require('node:stream');
const { types } = require('node:util');
const { TextEncoder, stringify } = require('../primordials');
const { outcome } = require('../thenable');

const utf8 = new TextEncoder();

/**
 * @typedef {object} Chunks the chunks of a stream, pulled one by one
 * @property {() => PromiseLike<IteratorResult<unknown>> | IteratorResult<unknown>} next
 * @property {() => unknown} cancel tells the producer to stop
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
      // A wrapped stream is not destroyed with its wrapper.
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
  // Legacy streams have no async iterator.
  if (typeof value.on === 'function') return new Readable().wrap(value);
  // An object that has nothing but `pipe`.
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
 * Tells the producer of the chunks to stop, and ignores its errors.
 *
 * @param {Chunks} chunks
 */
async function cancel(chunks) {
  try {
    await outcome(chunks.cancel());
  } catch {
    // The producer was told, and nothing more depends on it.
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
 * The bytes of a buffer, or of a view of one, of any realm.
 *
 * @param {any} value
 * @returns {Uint8Array | undefined}
 */
function bytesOf(value) {
  if (types.isUint8Array(value)) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** Encodes a value as a line of JSON. @param {unknown} value */
function toLine(value) {
  return utf8.encode(`${toJson(value)}\n`);
}

/** Encodes a value as a server-sent event. @param {unknown} value */
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
