// @ts-check
'use strict';

const { CallContext } = require('../context');
const { CallExchange } = require('../node-http/call');
const { UnusableManifest } = require('../files');
const { RequestScope } = require('../scope');
const { withFirstChunk } = require('../streams/first-chunk');
const { settle, thenOf } = require('../thenable');
const { Completion, InvalidInput, Record } = require('../wire');
const { CallBody } = require('./body');
const { levelOf, logFailure } = require('./failure');
const { unwrap, whyInvalid } = require('./input');
const { abortOnEarlyClose, rawHead, respondError, respondResult, streamedHead } = require('./response');

/** One call of a handler, from its input text to its completion. It is completed exactly once. */
class Call {
  #deps;
  #kind;
  #slot;
  #generation;
  #entry;
  /** @type {CallBody | undefined} */
  #body;
  #scope = new RequestScope();
  /** @type {CallExchange | undefined} */
  #exchange;
  #isEnded = false;
  /** Of a response that is streamed. @type {AbortController | undefined} */
  #aborter;

  /**
   * @param {import('../bridge').CallDeps} deps
   * @param {number} kind of {@link Record}
   * @param {number} slot
   * @param {number} generation
   * @param {import('../bridge').Entry} entry
   * @param {number} body the number of a body that is read as it arrives, or of a form, or 0
   */
  constructor(deps, kind, slot, generation, entry, body) {
    this.#deps = deps;
    this.#kind = kind;
    this.#slot = slot;
    this.#generation = generation;
    this.#entry = entry;
    if (body !== 0) this.#body = new CallBody(deps, body, this.#scope, () => this.#onClientLeft());
  }

  get id() {
    return this.#entry.id;
  }

  get kind() {
    return this.#entry.kind;
  }

  /** Whether the client wants the payload of an event back. */
  get returnPayload() {
    return this.#kind === Record.EVENT_WITH_RESULT;
  }

  /** The body, for a call whose body is read as it arrives. */
  body() {
    return this.#body?.upload(this.#isEnded);
  }

  /**
   * Node's request and response. They take the body of the call over, so that `body` is not available beside them.
   *
   * @param {CallContext} context
   */
  exchange(context) {
    this.#exchange ??= new CallExchange(context, {
      body: this.#isEnded ? undefined : this.#body?.source(),
      signal: /** @type {AbortSignal} */ (context.signal),
      begin: (head, decorate) => this.#begin(head, decorate),
      onMismatch: (error) => logFailure(this.#deps.hooks, context, error, 'error'),
    });
    return this.#exchange;
  }

  #onClientLeft() {
    if (!this.#isEnded) this.#deps.signals.cancelByClient(this.#slot, this.#generation);
  }

  /** The signal that aborts when the client leaves or the deadline passes, unless the call is completed by then. */
  signal() {
    const { signals } = this.#deps;
    if (this.#aborter !== undefined) return this.#aborter.signal;
    return this.#isEnded ? signals.inert() : signals.of(this.#slot, this.#generation, this.#scope);
  }

  /**
   * Runs the handler. A promise that it returns completes the call when it settles.
   *
   * @param {string | undefined} text the input
   * @param {string} head
   */
  run(text, head) {
    this.#scope.runInAsyncScope(this.#run, this, text, head);
  }

  /**
   * @param {string | undefined} text
   * @param {string} head
   */
  #run(text, head) {
    let input;
    try {
      input = this.#read(text);
    } catch (error) {
      const isBug = this.#body?.isForm === true && !(error instanceof UnusableManifest);
      // Anything else that a form throws is a bug in the bridge.
      if (isBug) this.#fail(error, new CallContext(head, this));
      else this.complete(Completion.INVALID_INPUT, '', whyInvalid(error));
      return;
    }
    if (this.returnPayload && this.#entry.parallel) {
      this.complete(Completion.INVALID_INPUT, '', InvalidInput.PARALLEL_RETURN);
      return;
    }
    const context = new CallContext(head, this);
    try {
      const { handler } = this.#entry;
      const value = handler(input, context);
      const then = thenOf(value);
      if (then === undefined) this.#succeed(value, input, context);
      else
        settle(
          value,
          then,
          (settled) => this.#onSettled(settled, input, context),
          (error) => this.#fail(error, context),
        );
    } catch (error) {
      this.#fail(error, context);
    }
  }

  /** @param {string | undefined} text */
  #read(text) {
    const { adapter } = this.#deps;
    if (this.#kind === Record.FORM) {
      this.#kind = Record.TASK;
      return this.#body?.receive(text ?? '');
    }
    if (this.#kind >= Record.TASK_DOCUMENT) {
      const { kind, input } = unwrap(this.#kind, adapter.parseDocument(text ?? ''));
      this.#kind = kind;
      return input;
    }
    return text === undefined ? undefined : adapter.parse(text);
  }

  /**
   * @param {unknown} value
   * @param {unknown} input
   * @param {CallContext} context
   */
  #onSettled(value, input, context) {
    try {
      this.#succeed(value, input, context);
    } catch (error) {
      this.#fail(error, context);
    }
  }

  /**
   * @param {unknown} value
   * @param {unknown} input
   * @param {CallContext} context
   */
  #succeed(value, input, context) {
    const { adapter } = this.#deps;
    const streamed =
      this.#kind === Record.TASK ? adapter.streamingResponse(value, () => context.headers.accept) : undefined;
    if (streamed !== undefined) {
      if (streamed.holdsHead) this.#streamHeld(streamed, context);
      else this.#stream(streamed, context);
      return;
    }
    respondResult(this, this.#kind, value, input, adapter);
  }

  /**
   * Begins a response that is sent through `res`. The signal aborts if the client leaves before the response ends.
   *
   * @param {import('../node-http/socket').Head} head
   * @param {boolean} decorate
   */
  #begin(head, decorate) {
    const { signals, streams } = this.#deps;
    const aborter = signals.detach(this.#slot, this.#generation);
    abortOnEarlyClose(this.#exchange?.res, aborter, signals);
    this.#aborter = aborter;
    const writer = streams.writer(this.#scope);
    this.#end(Completion.RAW_RESPONSE, rawHead(writer.number, head, decorate), head.status);
    return writer;
  }

  /**
   * Responds with a stream once it has its first chunk.
   *
   * @param {import('../streams/response').StreamingResponse} held
   * @param {CallContext} context
   */
  async #streamHeld(held, context) {
    try {
      this.#stream(await withFirstChunk(held, /** @type {AbortSignal} */ (context.signal)), context);
    } catch (error) {
      this.#fail(error, context);
    }
  }

  /**
   * Responds with a stream. The signal aborts if the client leaves before the response ends.
   *
   * @param {import('../streams/response').StreamingResponse} streamed
   * @param {CallContext} context
   */
  async #stream(streamed, context) {
    const { signals, streams } = this.#deps;
    const aborter = signals.detach(this.#slot, this.#generation);
    CallContext.detach(context);
    let isComplete = false;
    try {
      const through = this.#exchange?.tryStream(streamed);
      if (through !== undefined) {
        isComplete = (await through) === 'complete';
        return;
      }
      const abort = () => aborter.abort(signals.clientLeftReason());
      const { number, run } = streams.open(streamed, this.#scope, abort);
      this.#aborter = aborter;
      this.#end(Completion.STREAMING_RESPONSE, streamedHead(number, streamed), streamed.status);
      isComplete = (await run()) === 'complete';
    } catch (error) {
      if (this.#isEnded) logFailure(this.#deps.hooks, context, error, this.#levelOf(error));
      else this.#fail(error, context);
    } finally {
      this.#exchange?.onStreamed(streamed.status, isComplete);
      this.#endWithoutCompletion();
      this.#body?.discard();
    }
  }

  /**
   * @param {unknown} error
   * @param {CallContext} context
   */
  #fail(error, context) {
    const level = this.#levelOf(error);
    const publicError = this.#deps.adapter.publicError(error);
    if (this.#exchange?.failIfBegun() !== true) respondError(this, publicError);
    if (!publicError.expected) logFailure(this.#deps.hooks, context, error, level, publicError.unsent);
  }

  /** @param {unknown} error */
  #levelOf(error) {
    const hasClientLeft =
      this.#aborter?.signal.aborted ?? this.#deps.signals.hasClientLeft(this.#slot, this.#generation);
    return levelOf(error, hasClientLeft, this.#body?.hasFailed);
  }

  /**
   * Completes the call, through `res` if its handler has used it.
   *
   * @param {number} kind of {@link Completion}
   * @param {string} [text]
   * @param {number} [detail]
   */
  complete(kind, text = '', detail = 0) {
    if (this.#exchange?.tryComplete(kind, text, detail) !== true) this.#end(kind, text, detail);
    else this.#endWithoutCompletion();
  }

  /** Ends a call whose response went through `res`, or whose client left before the response began. */
  #endWithoutCompletion() {
    this.#body?.endForm();
    if (this.#isEnded) return;
    this.#isEnded = true;
    // Its client has left, so the outcome is dropped, but the call no longer counts as running.
    this.#deps.completions.add(this.#slot, this.#generation, Completion.FAILED);
    this.#scope.release();
  }

  /**
   * @param {number} kind of {@link Completion}
   * @param {string} text
   * @param {number} detail
   */
  #end(kind, text, detail) {
    this.#isEnded = true;
    this.#deps.completions.add(this.#slot, this.#generation, kind, text, detail);
    this.#deps.signals.complete(this.#slot, this.#generation);
    this.#scope.release();
    // The body of the request may be read for as long as a streamed response is written.
    if (kind !== Completion.STREAMING_RESPONSE && kind !== Completion.RAW_RESPONSE) this.#body?.discard();
  }
}

module.exports = { Call };
