// @ts-check
'use strict';

const { validateHeaderName, validateHeaderValue } = require('node:http');
const { byteChunks, bytesOf, cancel, iteratedChunks, toBytes, toEvent, toLine } = require('./chunks');
const { checkNames, parseLength } = require('./headers');

const EVENT_STREAM = 'text/event-stream';

/**
 * @typedef {object} StreamingResponse
 * @property {number} status
 * @property {[name: string, value: string][]} headers
 * @property {number} [length] the content-length of the head, in bytes
 * @property {import('./chunks').Chunks} chunks
 * @property {(chunk: unknown) => Uint8Array} encode
 * @property {boolean} [holdsHead] whether the head waits for the first chunk
 */

/**
 * The streaming response for a result that is a stream of bytes, `{ stream }`, or an async iterable of values, which is
 * sent as server-sent events or as lines of JSON. Undefined for any other result.
 *
 * @param {any} result
 * @param {() => string | undefined} accept the `Accept` header of the request
 * @returns {StreamingResponse | undefined}
 */
function streamedResult(result, accept) {
  if (result === null || typeof result !== 'object') return undefined;
  const bytes = byteChunks(result);
  if (bytes !== undefined) return respondWith({}, bytes, toBytes, 'application/octet-stream');
  if (typeof result[Symbol.asyncIterator] === 'function') return valueStream(result, accept);
  const chunks = byteChunks(result.stream) ?? iteratedChunks(result.stream);
  return chunks === undefined ? undefined : respondWith(result, chunks, toBytes, 'application/octet-stream');
}

/**
 * The streaming response for a result of a Runner application that is a Node stream, or `{ stream }` with one. Its head
 * waits for the first chunk, as with nodeExposure.
 *
 * @param {any} result
 * @returns {StreamingResponse | undefined}
 */
function streamedNode(result) {
  const stream = typeof result?.pipe === 'function' ? result : result?.stream;
  if (typeof result !== 'object' || typeof stream?.pipe !== 'function') return undefined;
  const chunks = /** @type {import('./chunks').Chunks} */ (byteChunks(stream));
  const head = stream === result ? {} : result;
  // nodeExposure adds no headers to an event stream.
  const piped = respondWith(head, chunks, toBytes, 'application/octet-stream', []);
  return { ...piped, holdsHead: true };
}

/**
 * {@link streamedResult}, and `{ body }` with bytes, which in a Runner application is an ordinary value.
 *
 * @param {any} result
 * @param {() => string | undefined} accept
 * @returns {StreamingResponse | undefined}
 */
function streamingResponse(result, accept) {
  const streamed = streamedResult(result, accept);
  if (streamed !== undefined || result === null || typeof result !== 'object') return streamed;
  const bytes = bytesOf(result.body);
  return bytes && respondWith(result, once(bytes), toBytes, 'application/octet-stream');
}

/**
 * @param {any} iterable
 * @param {() => string | undefined} accept
 */
function valueStream(iterable, accept) {
  const chunks = /** @type {import('./chunks').Chunks} */ (iteratedChunks(iterable));
  const events = /\btext\/event-stream\b/i.test(accept() ?? '');
  return events
    ? respondWith({}, chunks, toEvent, EVENT_STREAM)
    : respondWith({}, chunks, toLine, 'application/x-ndjson');
}

/** Keep proxies from caching or buffering an event stream, unless its task sets them. @type {[string, string][]} */
const EVENT_STREAM_HEADERS = [
  ['cache-control', 'no-cache'],
  // Without it nginx sends only once a buffer is full.
  ['x-accel-buffering', 'no'],
];

/** @param {Uint8Array} body */
function once(body) {
  const pieces = [body];
  return {
    next: async () => {
      const value = pieces.pop();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    cancel: () => {},
  };
}

/**
 * @param {{ status?: unknown, contentType?: unknown, headers?: any }} head as the handler gave it
 * @param {import('./chunks').Chunks} chunks
 * @param {(chunk: unknown) => Uint8Array} encode
 * @param {string} type
 * @param {[name: string, value: string][]} [eventHeaders] of an event stream, beside those of the handler
 * @returns {StreamingResponse}
 */
function respondWith(head, chunks, encode, type, eventHeaders = EVENT_STREAM_HEADERS) {
  try {
    const status = head.status ?? 200;
    const headers = head.headers ?? {};
    if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
      throw new TypeError(
        `The status of a streamed response: received ${status}, expected an integer from 200 to 599`,
      );
    }
    /** @type {Map<string, string[]>} */
    const lines = new Map();
    const add = (/** @type {string} */ name, /** @type {any} */ value) => {
      validateHeaderName(name);
      const values = Array.isArray(value) ? value : [value];
      for (const one of values) validateHeaderValue(name, one);
      lines.set(name.toLowerCase(), values.map(String));
    };
    add('content-type', head.contentType ?? type);
    for (const [name, value] of headers[Symbol.iterator] ? headers : Object.entries(headers))
      add(name, value);
    if (isEventStream(lines)) {
      for (const [name, value] of eventHeaders) if (!lines.has(name)) add(name, value);
    }
    checkNames([...lines.keys()]);
    const announced = lines.get('content-length')?.join();
    const length = announced === undefined ? undefined : parseLength(announced);
    return { status: Number(status), headers: flat(lines), length, chunks, encode };
  } catch (error) {
    cancel(chunks);
    throw error;
  }
}

/** @param {Map<string, string[]>} lines */
function isEventStream(lines) {
  return lines.get('content-type')?.[0].trimStart().toLowerCase().startsWith(EVENT_STREAM);
}

/**
 * @param {Map<string, string[]>} lines
 * @returns {[string, string][]}
 */
function flat(lines) {
  return [...lines].flatMap(([name, values]) =>
    values.map((value) => /** @type {[string, string]} */ ([name, value])),
  );
}

module.exports = { streamingResponse, streamedNode, streamedResult };
