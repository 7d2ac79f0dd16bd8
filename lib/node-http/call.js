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
 * Node's request and response of a call, for a handler that reads the one or writes the other by itself.
 */
class CallExchange {
  #exchange;
  #decorate = false;

  /**
   * @param {CallContext} context
   * @param {object} call
   * @param {import('../streams/body').BodySource} [call.body] none if the core has read it
   * @param {AbortSignal} call.signal
   * @param {(head: import('./socket').Head, decorate: boolean) => import('./socket').Writer} call.begin
   * @param {(error: Error) => void} call.onMismatch
   */
  constructor(context, { body, signal, begin, onMismatch }) {
    const { requestId } = context;
    const request = CallContext.request(context);
    // A task runs once all of an empty body is there: its request is complete though it was not read.
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
    return this.#exchange.begun || this.#exchange.res.headersSent;
  }

  /** The handler has failed: true if its own response had begun, which ends unfinished. */
  breaksOff() {
    const begun = this.#hasBegun;
    if (begun) this.#exchange.fail();
    return begun;
  }

  /**
   * Whether the response goes out through `res`: the handler has begun it, or has set headers.
   *
   * @param {number} kind of {@link Completion}
   * @param {string} text
   * @param {number} detail
   */
  takes(kind, text, detail) {
    const exchange = this.#exchange;
    // What the handler returned has no place any more.
    if (this.#hasBegun) return true;
    const { status, body } = envelope(kind, text, detail);
    if (!exchange.touched) {
      exchange.settled(status);
      return false;
    }
    this.#decorate = true;
    exchange.respond(status, JSON_HEADERS, body);
    return true;
  }

  /**
   * Whether a streamed response goes out through `res`: a promise that resolves when it is over.
   *
   * @param {import('../streams/response').StreamingResponse} streamed
   * @returns {Promise<'complete' | 'gone'> | undefined}
   */
  takesStream(streamed) {
    const exchange = this.#exchange;
    if (!exchange.begun && !exchange.touched) return undefined;
    this.#decorate = true;
    return exchange.respondStream(streamed);
  }

  /**
   * A response that was streamed past `res` is over.
   *
   * @param {number} status
   * @param {boolean} complete
   */
  streamed(status, complete) {
    if (complete) this.#exchange.settled(status);
    else this.#exchange.abort();
  }
}

/**
 * The response that the core would write for a completion; here it goes out through `res`.
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
