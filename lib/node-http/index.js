// @ts-check
'use strict';

const { ServerResponse } = require('node:http');
const { INTERNAL_ERROR_BODY } = require('../errors');
const { connectionReset } = require('./errors');
const { createRequest, releaseRequest } = require('./request');
const { createResponse } = require('./response');
const { CallSocket } = require('./socket');
const { pumpInto } = require('./stream');
const { cancel } = require('../streams/chunks');

/** @type {any} its declaration wants all that may be given */
const { end } = ServerResponse.prototype;

/**
 * One request and its response as Node's own `IncomingMessage` and `ServerResponse`, over a socket that lives as long
 * as the exchange. They behave as those of an `http.Server`; what differs is said where it is made, and:
 * - A socket is of one exchange. It closes behind the response, also where the connection lives on.
 * - There is no server: `req.socket.server` is undefined, and an upgrade is a request like any other.
 */
class Exchange {
  #socket;
  #source;
  #over = false;
  #preset;

  /**
   * @param {object} call
   * @param {import('./request').RequestHead} call.head
   * @param {import('./net-socket').End} call.remote
   * @param {import('./net-socket').End} call.local
   * @param {import('../streams/body').BodySource} [call.body] none if it is read already, or empty
   * @param {(head: import('./socket').Head) => import('./socket').Writer} call.open opens the response; once at most
   * @param {(error: Error) => void} [call.onMismatch] told where a body is not as long as its head says
   * @param {[name: string, value: string][]} [call.headers] that the response has unless it is told otherwise
   */
  constructor({ head, remote, local, body, open, onMismatch = ignore, headers = [] }) {
    const socket = new CallSocket({ remote, local }, open, onMismatch);
    this.#socket = socket;
    this.#source = body;
    // Before the listeners of what is made: as with Node's server, the request learns first.
    socket.on('close', () => this.#closed());
    socket.on('error', ignore);
    socket.on('drain', () => this.#drained());
    socket.on('timeout', () => this.#timedOut());
    this.req = createRequest(head, socket, body, () => this.#broken());
    this.res = createResponse(this.req, socket);
    this.res.on('prefinish', () => socket.complete());
    this.res.on('finish', () => this.#finished());
    // What is written behind the end has no place. The error needs no listener, and does not end the process.
    this.res.on('error', ignore);
    for (const [name, value] of headers) this.res.setHeader(name, value);
    this.#preset = headers;
  }

  /** Whether this exchange has begun its response: there must not be another one. */
  get begun() {
    return this.#socket.begun;
  }

  /** Whether the connection ended before the response did. */
  get isCut() {
    return this.#socket.destroyed && !this.res.writableFinished;
  }

  /** Whether something was set on `res`: a response that is made otherwise has to go out through it then. */
  get touched() {
    const { res } = this;
    const names = res.getHeaderNames();
    if (res.headersSent || res.statusMessage !== undefined || names.length !== this.#preset.length)
      return true;
    return this.#preset.some(([name, value]) => res.getHeader(name) !== value);
  }

  /** The client has left. */
  abort() {
    this.#socket.leave();
  }

  /** The handler or listener has failed: the client gets a 500, or no more of a response that has begun. */
  fail() {
    const { res, req } = this;
    if (this.#over || res.writableEnded) return;
    if (this.begun) {
      res.destroy();
      return;
    }
    try {
      startOver(/** @type {any} */ (res), req.method !== 'HEAD');
      for (const [name, value] of this.#preset) res.setHeader(name, value);
      this.respond(500, [['content-type', 'application/json; charset=utf-8']], INTERNAL_ERROR_BODY);
    } catch {
      // A `writeHead` or `end` that was wrapped has failed again.
      res.destroy();
    }
  }

  /**
   * Responds through `res`, with the headers that were set on it.
   *
   * @param {number} status
   * @param {Iterable<[name: string, value: string]>} headers
   * @param {string | Uint8Array} body
   */
  respond(status, headers, body) {
    const { res } = this;
    res.statusCode = status;
    for (const [name, value] of headers) res.setHeader(name, value);
    // As bytes: Node writes the head before a string in the encoding of the string.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    res.setHeader('content-length', bytes.length);
    res.end(bytes);
  }

  /**
   * Responds through `res` with a stream, on top of the headers that were set on it.
   *
   * @param {import('../streams/response').StreamingResponse} streamed not looked at if `res` is ended already
   * @returns {Promise<'complete' | 'gone'>} rejects when the chunks break off, and if `res` has begun by itself
   */
  async respondStream(streamed) {
    const { res } = this;
    try {
      if (res.writableEnded) return 'complete';
      res.statusCode = streamed.status;
      for (const [name, value] of streamed.headers) res.setHeader(name, value);
    } catch (error) {
      res.destroy();
      throw error;
    } finally {
      // Nothing will be read of it.
      if (res.headersSent) cancel(streamed.chunks);
    }
    return pumpInto(res, streamed);
  }

  /**
   * The response was made otherwise: `res` finishes and closes, as if it had been sent by it.
   *
   * @param {number} status
   */
  settled(status) {
    const { res } = this;
    if (this.#over || this.begun || res.writableEnded) return;
    this.#socket.bypass();
    res.statusCode = status;
    // Not a wrapped one: there is nothing to send.
    end.call(res);
  }

  #drained() {
    const { res } = this;
    if (!this.#over && !res.writableEnded) res.emit('drain');
  }

  #timedOut() {
    if (this.#over) return;
    const { req, res } = this;
    const told = !req.complete && req.emit('timeout', this.#socket);
    if (!res.emit('timeout', this.#socket) && !told) this.#socket.destroy();
  }

  /** All of the response was taken. */
  #finished() {
    if (this.#over) return;
    this.#over = true;
    this.#socket.complete();
    releaseRequest(this.req, this.#source);
    this.res.detachSocket(/** @type {any} */ (this.#socket));
    process.nextTick(close, this.res, this.#socket);
  }

  /** The body has broken off. */
  #broken() {
    // Behind the response, the reader of the request alone is left to tell. Before it, the server still waits for one.
    if (this.#over) this.req.destroy(connectionReset());
    else this.#socket.destroy();
  }

  /** The socket is gone. */
  #closed() {
    if (this.#over) return;
    this.#over = true;
    this.#source?.close();
    this.req.destroy(connectionReset());
  }
}

/**
 * @param {any} res
 * @param {CallSocket} socket
 */
function close(res, socket) {
  if (!res._closed) {
    res.destroyed = true;
    res._closed = true;
    res.emit('close');
  }
  socket.destroy();
}

/**
 * Forgets a head that was made and not sent.
 *
 * @param {any} res
 * @param {boolean} hasBody
 */
function startOver(res, hasBody) {
  res._header = null;
  res._hasBody = hasBody;
  res.statusMessage = undefined;
  for (const name of res.getHeaderNames()) res.removeHeader(name);
}

function ignore() {}

module.exports = { Exchange };
