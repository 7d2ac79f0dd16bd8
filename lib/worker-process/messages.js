// @ts-check
'use strict';

const { publicError, describe } = require('../errors');
const { stringify } = require('../primordials');

/**
 * The messages of the worker protocol (`docs/reference/worker-protocol.md`): types of those that are received, and
 * functions that write those that are sent.
 *
 * @typedef {object} CallMessage
 * @property {'task' | 'event'} type
 * @property {number} id
 * @property {string} [taskId]
 * @property {string} [eventId]
 * @property {unknown} [input] of a task
 * @property {unknown} [payload] of an event
 * @property {boolean} [returnPayload]
 * @property {boolean} [unsafeKeys] whether the input may contain `__proto__` or `constructor` keys
 * @property {boolean} [body] whether the body follows in chunks
 * @property {string[]} [files] ids of the files in the input, which follow in chunks
 * @property {string} [requestId]
 * @property {number} [deadlineMs]
 * @property {import('./context').RequestHead} [context]
 *
 * @typedef {object} BodyMessage
 * @property {'chunk' | 'file' | 'end'} type
 * @property {number} id of a call
 * @property {string} [file]
 * @property {string} [data] of a chunk, in base64
 * @property {string} [name] of a file
 * @property {string} [contentType] of a file
 * @property {{ code: string, message: string }} [error] why it ended early
 *
 * @typedef {CallMessage
 *   | BodyMessage
 *   | { type: 'ping', id: number }
 *   | { type: 'cancel', id: number, reason: 'client-left' | 'deadline' }
 *   | { type: 'credit', id: number, bytes: number }
 *   | { type: 'shutdown' }} Message
 */

/** The version of the protocol. */
const PROTOCOL = 1;

/** The optional parts of the protocol that this worker supports. */
const FEATURES = ['cancel', 'context', 'stream', 'body'];

/** How many bytes of a stream may be sent before the receiver gives credit. */
const WINDOW_BYTES = 64 * 1024;

/** Most bytes in one line; a multiple of 3, so that base64 needs no padding. */
const MAX_CHUNK_BYTES = 48 * 1024;

const EXECUTION_ERROR = 'EXECUTION_ERROR';

/**
 * @param {number} id
 * @param {string} [result] as JSON
 */
function succeeded(id, result) {
  return result === undefined ? `{"id":${id},"ok":true}` : `{"id":${id},"ok":true,"result":${result}}`;
}

/**
 * The server sends a typed error to the client and logs the message of any other. It logs the stack of both.
 *
 * @param {number} id
 * @param {unknown} thrown
 */
function failed(id, thrown) {
  const { text, unsent } = publicError(thrown);
  const { error: message, stack } = describe(thrown);
  const error = text === undefined ? untyped(message, unsent) : typed(text);
  const line = `{"id":${id},"ok":false,"error":${error}`;
  return stack === undefined ? `${line}}` : `${line},"stack":${stringify(stack)}}`;
}

/**
 * @param {string} message
 * @param {string} [unsent] why a typed error cannot be sent
 */
function untyped(message, unsent) {
  const text = unsent === undefined ? message : `${message} (cannot be sent: ${unsent})`;
  return stringify({ message: text, code: EXECUTION_ERROR });
}

/**
 * Adds the status where it is missing: the server recognizes a typed error by it.
 *
 * @param {string} text
 */
function typed(text) {
  const error = JSON.parse(text);
  return error.httpCode === undefined ? stringify({ ...error, httpCode: 500 }) : text;
}

/**
 * @param {number} id
 * @param {'task' | 'event'} kind
 * @param {string | undefined} handlerId
 */
function notFound(id, kind, handlerId) {
  const message = `${kind === 'task' ? 'Task' : 'Event'} ${handlerId} not found`;
  return `{"id":${id},"ok":false,"error":${stringify({ message, code: 'NOT_FOUND', httpCode: 404 })}}`;
}

/** @param {number} id of a call that was cancelled before it started */
function notStarted(id) {
  return `{"id":${id},"ok":false,"error":{"message":"The call was cancelled before it started","code":"CANCELLED"}}`;
}

/**
 * @param {number} id
 * @param {import('../streams/response').StreamingResponse} response
 */
function streamHead(id, { status, headers }) {
  /** @type {Record<string, string | string[]>} */
  const byName = Object.create(null);
  let contentType;
  for (const [name, value] of headers) {
    if (name === 'content-type') contentType = value;
    else byName[name] = name in byName ? [byName[name], value].flat() : value;
  }
  return `{"id":${id},"stream":${stringify({ status, contentType, headers: byName })}}`;
}

/**
 * @param {number} id
 * @param {Uint8Array} bytes
 */
function chunk(id, { buffer, byteOffset, byteLength }) {
  return `{"id":${id},"chunk":"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"}`;
}

/** @param {number} id */
const streamEnd = (id) => `{"id":${id},"end":true}`;

/**
 * @param {'credit' | 'skip'} type
 * @param {number} id
 * @param {string | undefined} file
 * @param {number} [bytes]
 */
const ofBody = (type, id, file, bytes) => stringify({ type, id, file, bytes });

/**
 * @param {object} handlers
 * @param {unknown[]} handlers.tasks
 * @param {unknown[]} handlers.events
 * @param {number} [maxInFlight]
 */
function ready({ tasks, events }, maxInFlight) {
  return stringify({ type: 'ready', protocol: PROTOCOL, tasks, events, features: FEATURES, maxInFlight });
}

module.exports = {
  MAX_CHUNK_BYTES,
  WINDOW_BYTES,
  chunk,
  failed,
  notFound,
  notStarted,
  ofBody,
  ready,
  streamEnd,
  streamHead,
  succeeded,
};
