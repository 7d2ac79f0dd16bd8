// @ts-check
'use strict';

const { createHash } = require('node:crypto');

/** A longer stream is told by its length and hash. */
const SHOWN_BYTES = 200;

/**
 * The outcome of a client's call as comparable plain data: a value, the contents of a stream, or the error.
 *
 * @param {() => unknown} call
 */
async function outcomeOf(call) {
  try {
    const value = await call();
    return isStream(value) ? { stream: await contentOf(value) } : { value };
  } catch (error) {
    return { error: described(error) };
  }
}

/**
 * @param {unknown} value
 * @returns {value is AsyncIterable<Uint8Array>}
 */
function isStream(value) {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** @param {AsyncIterable<Uint8Array>} stream */
async function contentOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= SHOWN_BYTES) return bytes.toString('latin1');
  return { length: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * The properties of an error, except for its stack.
 *
 * @param {any} error
 */
function described(error) {
  if (!(error instanceof Error)) return { thrown: error };
  const own = Object.entries(error).filter(([name]) => name !== 'stack');
  return {
    type: error.constructor.name,
    name: error.name,
    message: error.message,
    own: Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

module.exports = { contentOf, outcomeOf };
