// @ts-check
'use strict';

const { inspect } = require('node:util');
const { parse } = require('./primordials');
const { nodeHeaders } = require('./node-http/request');

/** The first strings of a head; names and values of headers follow (`src/node/head.rs`). */
const REQUEST_ID = 0;
const METHOD = 1;
const PATH = 2;
const REMOTE_ADDRESS = 3;
const REMOTE_PORT = 4;
const LOCAL_ADDRESS = 5;
const LOCAL_PORT = 6;
const HTTP_VERSION = 7;
const HEADERS = 8;

const REQUEST_ID_HEADER = 'x-runner-request-id';

/**
 * The context of a call: what its handler may know of the request. Keeps the head as one JSON text and parses it on
 * first use, so that a handler that does not use it pays nothing.
 */
class CallContext {
  #head;
  #call;
  /** @type {string[] | undefined} */
  #fields;
  /** @type {Record<string, string> | undefined} */
  #headers;
  /** @type {import('node:http').IncomingHttpHeaders | undefined} */
  #nodeHeaders;
  /** @type {AbortSignal | undefined} */
  #signal;

  /**
   * @param {string} head
   * @param {import('./call').Call} [call] absent for validators, origin rules and the fallback
   */
  constructor(head, call) {
    this.#head = head;
    this.#call = call;
  }

  get id() {
    return this.#call?.id;
  }

  get kind() {
    return this.#call?.kind;
  }

  get requestId() {
    return this.#read()[REQUEST_ID];
  }

  get method() {
    return this.#read()[METHOD];
  }

  get path() {
    return this.#read()[PATH];
  }

  get remoteAddress() {
    return this.#read()[REMOTE_ADDRESS];
  }

  get remotePort() {
    return Number(this.#read()[REMOTE_PORT]);
  }

  /** Whether the client wants the payload of an event back. */
  get returnPayload() {
    return this.#call?.returnPayload ?? false;
  }

  get headers() {
    this.#headers ??= readHeaders(this.#read());
    return this.#headers;
  }

  get body() {
    return this.#call?.body();
  }

  get signal() {
    this.#signal ??= this.#call?.signal();
    return this.#signal;
  }

  /**
   * One header. Does not parse the head if the header was not sent.
   *
   * @param {CallContext} context
   * @param {string} name in lower case
   */
  static header(context, name) {
    const sent = context.#fields !== undefined || context.#head.includes(`,"${name}","`);
    return sent ? context.headers[name] : undefined;
  }

  /**
   * What an exchange needs of a request and its connection.
   *
   * @param {CallContext} context
   */
  static request(context) {
    const fields = context.#read();
    const { method, path: url, remoteAddress: address, remotePort: port } = context;
    const head = { method, url, httpVersion: fields[HTTP_VERSION], rawHeaders: fields.slice(HEADERS) };
    const local = { address: fields[LOCAL_ADDRESS], port: Number(fields[LOCAL_PORT]) };
    return { head, remote: { address, port }, local };
  }

  /**
   * The headers of a call as `req.headers` has them: always the same object. They include a generated request id, as
   * with nodeExposure.
   *
   * @param {CallContext} context
   */
  static nodeHeaders(context) {
    if (context.#nodeHeaders === undefined) {
      context.#nodeHeaders = nodeHeaders(context.#read().slice(HEADERS));
      context.#nodeHeaders[REQUEST_ID_HEADER] = context.requestId;
    }
    return context.#nodeHeaders;
  }

  /**
   * Node's request and response, for a handler that asks for them.
   *
   * @param {CallContext} context of a call
   */
  static exchange(context) {
    const call = /** @type {import('./call').Call} */ (context.#call);
    return call.exchange(context);
  }

  /**
   * Parses the head of a call that may last, since its text keeps those of all calls of its batch alive.
   *
   * @param {CallContext} context
   */
  static detach(context) {
    context.#read();
  }

  /** What `console.log` shows. */
  [inspect.custom]() {
    const { id, kind, requestId, method, path, remoteAddress, headers } = this;
    return { id, kind, requestId, method, path, remoteAddress, headers };
  }

  #read() {
    if (this.#fields === undefined) {
      this.#fields = /** @type {string[]} */ (parse(this.#head));
      // A part of a string keeps the whole of it alive: here the heads of all calls of the batch.
      this.#head = '';
    }
    return this.#fields;
  }
}

/** Headers of which Node keeps the first value; `src/http/headers.rs` has the same list. */
const SINGLE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/**
 * The headers by name. Of a repeated header it keeps the first value or joins all, as Node does.
 *
 * @param {string[]} fields
 */
function readHeaders(fields) {
  /** @type {Record<string, string>} */
  const headers = {};
  for (let at = HEADERS; at + 1 < fields.length; at += 2) {
    const name = fields[at];
    if (name === REQUEST_ID_HEADER) {
      headers[name] = fields[REQUEST_ID];
      continue;
    }
    const separator = name === 'cookie' ? '; ' : ', ';
    const repeated = Object.hasOwn(headers, name);
    if (repeated && SINGLE.has(name)) continue;
    const value = repeated ? headers[name] + separator + fields[at + 1] : fields[at + 1];
    // Defined, not assigned: `__proto__` is a valid header name.
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  }
  // A generated request id comes last, as with nodeExposure.
  headers[REQUEST_ID_HEADER] = fields[REQUEST_ID];
  return headers;
}

module.exports = { CallContext };
