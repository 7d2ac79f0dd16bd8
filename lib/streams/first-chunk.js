// @ts-check
'use strict';

const { outcome } = require('../thenable');
const { NativePromise } = require('../primordials');
const { cancel } = require('./chunks');

/** Headers that say how long a body is. */
const LENGTHS = ['content-length', 'transfer-encoding'];

/** Statuses of responses that have no body. */
const BODILESS = [204, 304];

/**
 * Holds the head back until the first chunk is there, as `pipe` does into a response of Node's: a body that turns out
 * to be empty has a `content-length`, and a stream that fails before its first chunk can still become an
 * error response.
 *
 * @param {import('./response').StreamingResponse} streamed
 * @param {AbortSignal} signal of the call: once it aborts, the response goes on without its first chunk
 * @returns {Promise<import('./response').StreamingResponse>} rejects when the stream fails before its first chunk
 */
async function withFirstChunk(streamed, signal) {
  const { chunks, encode, status } = streamed;
  const first = encoded(chunks.next(), encode);
  let isEmpty;
  try {
    isEmpty = await NativePromise.race([first.then(({ done }) => done === true), aborted(signal)]);
  } catch (error) {
    cancel(chunks);
    throw error;
  }
  const isFramed = BODILESS.includes(status) || streamed.headers.some(([name]) => LENGTHS.includes(name));
  /** @type {import('./response').StreamingResponse['headers']} */
  const headers = isEmpty && !isFramed ? [...streamed.headers, ['content-length', '0']] : streamed.headers;
  /** @type {typeof first | undefined} */
  let ahead = first;
  const next = () => {
    const chunk = ahead ?? chunks.next();
    ahead = undefined;
    return chunk;
  };
  return { ...streamed, headers, chunks: { next, cancel: () => chunks.cancel() } };
}

/**
 * Encodes ahead of the head: a chunk that is no bytes is an error that the client can still be told of.
 *
 * @param {ReturnType<import('./chunks').Chunks['next']>} next
 * @param {(chunk: unknown) => Uint8Array} encode
 * @returns {Promise<IteratorResult<unknown>>}
 */
async function encoded(next, encode) {
  const { done, value } = (await outcome(next)).value;
  return done ? { done, value } : { done: false, value: encode(value) };
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<false>} that the stream has ended is not known then
 */
function aborted(signal) {
  return new NativePromise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

module.exports = { withFirstChunk };
