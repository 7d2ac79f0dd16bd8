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

/** @type {any} the declared overloads require arguments */
const { end } = ServerResponse.prototype;

/**
 * One request and its response as Node's own `IncomingMessage` and `ServerResponse`, over a socket that lives as long
 * as the exchange. They behave as those of an `http.Server`, but for what `request.js` and `response.js` list, and:
 * - A socket belongs to one exchange. It closes after the response, even if the connection stays open.
 * - There is no server: `req.socket.server` is undefined, and an upgrade is handled as an ordinary request.
 */
class Exchange {
  #socket;
  #source;
  #isOver = false;
  #preset;

  /**
   * @param {object} call
   * @param {import('./request').RequestHead} call.head
   * @param {import('./net-socket').End} call.remote
   * @param {import('./net-socket').End} call.local
   * @param {import('../streams/body').BodySource} [call.body] absent if it has been read, or is empty
   * @param {(head: import('./socket').Head) => import('./socket').Writer} call.open opens the response; called at most once
   * @param {(error: Error) => void} [call.onMismatch] called if the body is not as long as its head says
   * @param {[name: string, value: string][]} [call.headers] preset on the response; a handler may replace them
   */
  constructor({ head, remote, local, body, open, onMismatch = ignore, headers = [] }) {
    const socket = new CallSocket({ remote, local }, open, onMismatch);
    this.#socket = socket;
    this.#source = body;
    // Registered before those of `req` and `res`, so that the request closes first, as with Node's server.
    socket.on('close', () => this.#onClose());
    socket.on('error', ignore);
    socket.on('drain', () => this.#onDrain());
    socket.on('timeout', () => this.#onTimeout());
    this.req = createRequest(head, socket, body, () => this.#onBrokenBody());
    this.res = createResponse(this.req, socket);
    this.res.on('prefinish', () => socket.complete());
    this.res.on('finish', () => this.#onFinish());
    // Writing after the end is an error that must not end a process whose handler does not listen for it.
    this.res.on('error', ignore);
    for (const [name, value] of headers) this.res.setHeader(name, value);
    this.#preset = headers;
  }

  /** Whether the response has begun, after which there must not be another one. */
  get hasBegun() {
    return this.#socket.hasBegun;
  }

  /** Whether the connection ended before the response did. */
  get isCut() {
    return this.#socket.destroyed && !this.res.writableFinished;
  }

  /** Whether something was set on `res`, so that any response has to be sent through it. */
  get isModified() {
    const { res } = this;
    const names = res.getHeaderNames();
    if (res.headersSent || res.statusMessage !== undefined || names.length !== this.#preset.length)
      return true;
    return this.#preset.some(([name, value]) => res.getHeader(name) !== value);
  }

  /** Ends the exchange of a client that has left. */
  abort() {
    this.#socket.leave();
  }

  /**
   * Ends the exchange of a handler or listener that has failed: with a 500, or by cutting a response that has begun.
   */
  fail() {
    const { res, req } = this;
    if (this.#isOver || res.writableEnded) return;
    if (this.hasBegun) {
      res.destroy();
      return;
    }
    try {
      resetHead(/** @type {any} */ (res), req.method !== 'HEAD');
      for (const [name, value] of this.#preset) res.setHeader(name, value);
      this.respond(500, [['content-type', 'application/json; charset=utf-8']], INTERNAL_ERROR_BODY);
    } catch {
      // A `writeHead` or `end` that the application has wrapped has failed again.
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
    // As bytes: Node writes the head in the encoding of a first chunk that is a string.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    res.setHeader('content-length', bytes.length);
    res.end(bytes);
  }

  /**
   * Responds through `res` with a stream, on top of the headers that were set on it.
   *
   * @param {import('../streams/response').StreamingResponse} streamed cancelled if `res` has ended already
   * @returns {Promise<'complete' | 'client-left'>} rejects if the chunks fail, or if the handler has begun `res`
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
      if (res.headersSent) cancel(streamed.chunks);
    }
    return pumpInto(res, streamed);
  }

  /**
   * Finishes and closes `res` after a response that was sent without it, as if it had been sent through it.
   *
   * @param {number} status
   */
  finishBypassed(status) {
    const { res } = this;
    if (this.#isOver || this.hasBegun || res.writableEnded) return;
    this.#socket.bypass();
    res.statusCode = status;
    // The prototype's own: one that the application has wrapped might send something.
    end.call(res);
  }

  #onDrain() {
    const { res } = this;
    if (!this.#isOver && !res.writableEnded) res.emit('drain');
  }

  #onTimeout() {
    if (this.#isOver) return;
    const { req, res } = this;
    const isHandled = !req.complete && req.emit('timeout', this.#socket);
    if (!res.emit('timeout', this.#socket) && !isHandled) this.#socket.destroy();
  }

  #onFinish() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.complete();
    releaseRequest(this.req, this.#source);
    this.res.detachSocket(/** @type {any} */ (this.#socket));
    process.nextTick(close, this.res, this.#socket);
  }

  #onBrokenBody() {
    // After the response only the reader of the request is left to be told. Before it, the response is cut as well.
    if (this.#isOver) this.req.destroy(connectionReset());
    else this.#socket.destroy();
  }

  #onClose() {
    if (this.#isOver) return;
    this.#isOver = true;
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
 * Discards a head that was set but not sent.
 *
 * @param {any} res
 * @param {boolean} hasBody
 */
function resetHead(res, hasBody) {
  res._header = null;
  res._hasBody = hasBody;
  res.statusMessage = undefined;
  for (const name of res.getHeaderNames()) res.removeHeader(name);
}

function ignore() {}

module.exports = { Exchange };
