// @ts-check
'use strict';

const { CallContext } = require('../context');
const { Answer } = require('../wire');
const { Exchange } = require('./index');

const REQUEST_ID = 'x-runner-request-id';
const JSON_HEADERS = /** @type {[string, string][]} */ ([
  ['content-type', 'application/json; charset=utf-8'],
]);

const FAILED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/**
 * The request and the answer of a call, for a handler that looks at the one or writes the other by itself.
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
   */
  constructor(context, { body, signal, begin }) {
    const { requestId } = context;
    this.#exchange = new Exchange({
      ...CallContext.request(context),
      body,
      answer: (head) => begin(head, this.#decorate),
      headers: [[REQUEST_ID, requestId]],
    });
    // As in the reference, the id made for a request stands among its headers.
    this.req.headers[REQUEST_ID] = requestId;
    if (signal.aborted) this.#exchange.abort();
    else signal.addEventListener('abort', () => this.#exchange.abort(), { once: true });
  }

  get req() {
    return this.#exchange.req;
  }

  get res() {
    return this.#exchange.res;
  }

  /**
   * Whether the call is answered through `res`: because the handler has begun to, or has set headers.
   *
   * @param {number} kind of {@link Answer}
   * @param {string} text
   * @param {number} detail
   */
  takes(kind, text, detail) {
    const exchange = this.#exchange;
    const failed = kind === Answer.ERROR || kind === Answer.FAILED;
    if (exchange.begun || exchange.res.headersSent) {
      // Whatever the handler returned has no place any more; what it threw leaves its answer unfinished.
      if (failed) exchange.fail();
      return true;
    }
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
   * The same for an answer that is streamed: resolves when it is over.
   *
   * @param {import('../streams/answer').StreamedAnswer} streamed
   * @returns {Promise<'complete' | 'gone'> | undefined}
   */
  takesStream(streamed) {
    const exchange = this.#exchange;
    if (!exchange.begun && !exchange.touched) return undefined;
    this.#decorate = true;
    return exchange.respondStream(streamed);
  }

  /**
   * An answer that was streamed past `res` is over.
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
 * What the core writes for an answer; here it goes out through `res`.
 *
 * @param {number} kind
 * @param {string} text
 * @param {number} detail
 */
function envelope(kind, text, detail) {
  switch (kind) {
    case Answer.RESULT:
      return { status: 200, body: `{"ok":true,"result":${text}}` };
    case Answer.DONE:
      return { status: 200, body: '{"ok":true}' };
    case Answer.ERROR:
      return { status: detail, body: `{"ok":false,"error":${text}}` };
    case Answer.DOCUMENT:
      return { status: detail, body: text };
    default:
      return { status: 500, body: FAILED };
  }
}

module.exports = { CallExchange };
