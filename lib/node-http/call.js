// @ts-check
'use strict';

const { CallContext } = require('../context');
const { INTERNAL_ERROR_BODY } = require('../errors');
const { Completion } = require('../wire');
const { Exchange } = require('./index');
const { isBodiless } = require('./request');

const REQUEST_ID = 'x-runner-request-id';
const JSON_HEADERS = /** @type {[string, string][]} */ ([
  ['content-type', 'application/json; charset=utf-8'],
]);

/**
 * Node's request and response of a call, for a handler that reads the request or writes the response itself.
 */
class CallExchange {
  #exchange;
  #decorate = false;

  /**
   * @param {CallContext} context
   * @param {object} call
   * @param {import('../streams/body').BodySource} [call.body] absent if the core has read it
   * @param {AbortSignal} call.signal
   * @param {(head: import('./socket').Head, decorate: boolean) => import('./socket').Writer} call.begin
   * @param {(error: Error) => void} call.onMismatch
   */
  constructor(context, { body, signal, begin, onMismatch }) {
    const { requestId } = context;
    const request = CallContext.request(context);
    // A task with an empty body runs once that is complete, so its request is complete before it is read.
    const isComplete = body === undefined || isBodiless(request.head);
    if (isComplete) body?.close();
    this.#exchange = new Exchange({
      ...request,
      body: isComplete ? undefined : body,
      open: (head) => begin(head, this.#decorate),
      onMismatch,
      headers: [[REQUEST_ID, requestId]],
    });
    this.req.headers = CallContext.nodeHeaders(context);
    if (signal.aborted) this.#exchange.abort();
    else signal.addEventListener('abort', () => this.#exchange.abort(), { once: true });
  }

  get req() {
    return this.#exchange.req;
  }

  get res() {
    return this.#exchange.res;
  }

  get #hasBegun() {
    return this.#exchange.hasBegun || this.#exchange.res.headersSent;
  }

  /** Cuts the response of a handler that has failed, if it has begun. Returns whether it had. */
  failIfBegun() {
    const hasBegun = this.#hasBegun;
    if (hasBegun) this.#exchange.fail();
    return hasBegun;
  }

  /**
   * Sends the response through `res` if the handler has begun it or has set headers. Returns whether it does.
   *
   * @param {number} kind of {@link Completion}
   * @param {string} text
   * @param {number} detail
   */
  tryComplete(kind, text, detail) {
    const exchange = this.#exchange;
    // The handler has written a response of its own, so that its result is dropped.
    if (this.#hasBegun) return true;
    const { status, body } = envelope(kind, text, detail);
    if (!exchange.isModified) {
      exchange.finishBypassed(status);
      return false;
    }
    this.#decorate = true;
    exchange.respond(status, JSON_HEADERS, body);
    return true;
  }

  /**
   * Sends a streamed response through `res` if the handler has begun it or has set headers. Returns a promise for its
   * end if it does.
   *
   * @param {import('../streams/response').StreamingResponse} streamed
   * @returns {Promise<'complete' | 'client-left'> | undefined}
   */
  tryStream(streamed) {
    const exchange = this.#exchange;
    if (!exchange.hasBegun && !exchange.isModified) return undefined;
    this.#decorate = true;
    return exchange.respondStream(streamed);
  }

  /**
   * Finishes `res` after a response that was streamed past it.
   *
   * @param {number} status
   * @param {boolean} complete
   */
  onStreamed(status, complete) {
    if (complete) this.#exchange.finishBypassed(status);
    else this.#exchange.abort();
  }
}

/**
 * The response that the core writes for a completion, where it has to go through `res`.
 *
 * @param {number} kind
 * @param {string} text
 * @param {number} detail
 */
function envelope(kind, text, detail) {
  switch (kind) {
    case Completion.RESULT:
      return { status: 200, body: `{"ok":true,"result":${text}}` };
    case Completion.DONE:
      return { status: 200, body: '{"ok":true}' };
    case Completion.ERROR:
      return { status: detail, body: `{"ok":false,"error":${text}}` };
    case Completion.DOCUMENT:
      return { status: detail, body: text };
    default:
      return { status: 500, body: INTERNAL_ERROR_BODY };
  }
}

module.exports = { CallExchange };
