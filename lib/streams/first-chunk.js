// @ts-check
'use strict';

const { outcome } = require('../thenable');
const { NativePromise } = require('../primordials');
const { cancel } = require('./chunks');

/** Headers that frame a body. */
const LENGTHS = ['content-length', 'transfer-encoding'];

/** Statuses of responses that have no body. */
const BODILESS = [204, 304];

/**
 * Holds the head back until the first chunk has arrived, as `pipe` into a response of Node does: an empty body gets a
 * `content-length`, and a stream that fails before its first chunk can still become an error response.
 *
 * @param {import('./response').StreamingResponse} streamed
 * @param {AbortSignal} signal of the call: once it aborts, the head is no longer held back
 * @returns {Promise<import('./response').StreamingResponse>} rejects if the stream fails before its first chunk
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
 * Encodes the first chunk before the head is sent, so that a chunk that is not bytes can still become an error
 * response.
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
 * @returns {Promise<false>} resolves when the signal aborts; whether the stream is empty is not known then
 */
function aborted(signal) {
  return new NativePromise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

module.exports = { withFirstChunk };
