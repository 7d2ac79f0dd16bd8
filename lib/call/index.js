// @ts-check
'use strict';

const { isClientFault } = require('../client-fault');
const { CallContext } = require('../context');
const { describe } = require('../errors');
const { CallExchange } = require('../node-http/call');
const { stringify } = require('../primordials');
const { UnusableManifest } = require('../files');
const { LogKey, log } = require('../log');
const { RequestScope } = require('../scope');
const { withFirstChunk } = require('../streams/first-chunk');
const { settle, thenOf } = require('../thenable');
const { Completion, InvalidInput, Record } = require('../wire');
const { CallBody } = require('./body');
const { unwrap, whyInvalid } = require('./input');

/**
 * @typedef {object} Entry a registered handler
 * @property {string} id
 * @property {'task' | 'event'} kind
 * @property {boolean} parallel an event that has no payload to give back
 * @property {(input: any, context: any) => unknown} handler
 *
 * @typedef {object} CallDeps what the calls of a server share
 * @property {import('../adapter').Adapter} adapter
 * @property {import('../completions').Completions} completions
 * @property {import('../signals').Signals} signals
 * @property {import('../streams').Streams} streams
 * @property {import('../files').Forms} forms
 * @property {import('../hooks').Hooks} hooks
 */

/** One call of a handler, from its text to its answer. It is answered exactly once. */
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
  #ended = false;
  /** @type {AbortController | undefined} of an answer that is streamed */
  #aborter;

  /**
   * @param {CallDeps} deps
   * @param {number} kind of {@link Record}
   * @param {number} slot
   * @param {number} generation
   * @param {Entry} entry
   * @param {number} body the number of a body that is read as it arrives, or of a form, or 0
   */
  constructor(deps, kind, slot, generation, entry, body) {
    this.#deps = deps;
    this.#kind = kind;
    this.#slot = slot;
    this.#generation = generation;
    this.#entry = entry;
    if (body !== 0) this.#body = new CallBody(deps, body, this.#scope, () => this.#leave());
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
    return this.#body?.upload(this.#ended);
  }

  /**
   * Node's request and response. Their body is that of the call, so they stand in place of `body`.
   *
   * @param {CallContext} context
   */
  exchange(context) {
    if (this.#exchange === undefined) {
      this.#exchange = new CallExchange(context, {
        body: this.#ended ? undefined : this.#body?.source(),
        signal: /** @type {AbortSignal} */ (context.signal),
        begin: (head, decorate) => this.#begin(head, decorate),
        onMismatch: (error) => this.#log(error, context, 'error'),
      });
    }
    return this.#exchange;
  }

  #leave() {
    if (!this.#ended) this.#deps.signals.leave(this.#slot, this.#generation);
  }

  /** Aborts when nobody waits for the answer any more; after the answer it does not abort. */
  signal() {
    const { signals } = this.#deps;
    if (this.#aborter !== undefined) return this.#aborter.signal;
    return this.#ended ? signals.still() : signals.of(this.#slot, this.#generation, this.#scope);
  }

  /**
   * Runs the handler; a promise of its is answered when it settles.
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
    /** @type {unknown} */
    let input;
    try {
      input = this.#read(text);
    } catch (error) {
      const isFault = this.#body?.isForm === true && !(error instanceof UnusableManifest);
      // A form throws nothing else unless it is a bug of ours.
      if (isFault) this.#fail(error, new CallContext(head, this));
      else this.#answer(Completion.INVALID_INPUT, '', whyInvalid(error));
      return;
    }
    if (this.returnPayload && this.#entry.parallel) {
      this.#answer(Completion.INVALID_INPUT, '', InvalidInput.PARALLEL_RETURN);
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
          (settled) => this.#settled(settled, input, context),
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
  #settled(value, input, context) {
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
      this.#kind === Record.TASK ? adapter.streamedAnswer(value, () => context.headers.accept) : undefined;
    if (streamed !== undefined) {
      if (streamed.holdsHead) this.#streamHeld(streamed, context);
      else this.#stream(streamed, context);
      return;
    }
    const result = this.#kind === Record.EVENT_WITH_RESULT && value === undefined ? input : value;
    const text = this.#kind === Record.EVENT ? undefined : adapter.stringify(result);
    if (text !== undefined) {
      this.#answer(Completion.RESULT, text);
    } else if (this.#kind !== Record.EVENT && adapter.stringifyDocument !== undefined) {
      this.#answer(Completion.DOCUMENT, adapter.stringifyDocument({ ok: true, result }), 200);
    } else if (result === undefined || this.#kind === Record.EVENT) {
      this.#answer(Completion.DONE);
    } else {
      throw new TypeError(`The result cannot be serialized: received a ${typeof result}, expected JSON data`);
    }
  }

  /**
   * Begins an answer that goes out through `res`. Its signal aborts when the client leaves before the end of it.
   *
   * @param {import('../node-http/socket').Head} head
   * @param {boolean} decorate
   */
  #begin({ status, reason, headers, close }, decorate) {
    const { signals, streams } = this.#deps;
    const aborter = signals.detach(this.#slot, this.#generation);
    const res = this.#exchange?.res;
    res?.once('close', () => {
      if (!res.writableFinished) aborter.abort(signals.reasonOfLeaving());
    });
    this.#aborter = aborter;
    const writer = streams.writer(this.#scope);
    const text = stringify({ stream: writer.number, reason, headers, decorate, close });
    this.#end(Completion.RAW_RESPONSE, text, status);
    return writer;
  }

  /**
   * Responds with a stream once its first chunk is there.
   *
   * @param {import('../streams/answer').StreamedAnswer} held
   * @param {CallContext} context
   */
  async #streamHeld(held, context) {
    let streamed;
    try {
      streamed = await withFirstChunk(held, /** @type {AbortSignal} */ (context.signal));
    } catch (error) {
      this.#fail(error, context);
      return;
    }
    this.#stream(streamed, context);
  }

  /**
   * Responds with a stream. Its signal aborts when the client leaves before the end of it.
   *
   * @param {import('../streams/answer').StreamedAnswer} streamed
   * @param {CallContext} context
   */
  async #stream(streamed, context) {
    const { signals, streams } = this.#deps;
    const aborter = signals.detach(this.#slot, this.#generation);
    CallContext.detach(context);
    let complete = false;
    try {
      const through = this.#exchange?.takesStream(streamed);
      if (through !== undefined) {
        complete = (await through) === 'complete';
        return;
      }
      const { number, run } = streams.open(streamed, this.#scope, () =>
        aborter.abort(signals.reasonOfLeaving()),
      );
      const { status, headers } = streamed;
      this.#aborter = aborter;
      this.#end(Completion.STREAMING_RESPONSE, stringify({ stream: number, headers }), status);
      complete = (await run()) === 'complete';
    } catch (error) {
      if (this.#ended) this.#log(error, context, this.#levelOf(error));
      else this.#fail(error, context);
    } finally {
      this.#exchange?.streamed(streamed.status, complete);
      this.#overtaken();
      this.#body?.discard();
    }
  }

  /**
   * @param {unknown} error
   * @param {CallContext} context
   */
  #fail(error, context) {
    const level = this.#levelOf(error);
    const { status, text, document, unsent, expected } = this.#deps.adapter.publicError(error);
    if (this.#exchange?.breaksOff() !== true) {
      if (document !== undefined) this.#answer(Completion.DOCUMENT, document, status);
      else if (text !== undefined) this.#answer(Completion.ERROR, text, status);
      else this.#answer(Completion.FAILED);
    }
    if (!expected) this.#log(error, context, level, unsent);
  }

  /**
   * How a thrown value is logged: what the client did wrong is no failure of the handler. With a form that fails, the
   * handler has failed too, whatever it throws.
   *
   * @param {unknown} error
   */
  #levelOf(error) {
    const hasLeft = this.#aborter?.signal.aborted ?? this.#deps.signals.hasLeft(this.#slot, this.#generation);
    return isClientFault(error, hasLeft) || this.#body?.hasFailed ? 'debug' : 'error';
  }

  /**
   * @param {unknown} error
   * @param {CallContext} context
   * @param {'error' | 'debug'} level
   * @param {string} [unsent]
   */
  #log(error, context, level, unsent) {
    const key = this.kind === 'task' ? LogKey.TASK_ERROR : LogKey.EVENT_ERROR;
    const data = { ...describe(error), requestId: context.requestId, id: this.id };
    log(this.#deps.hooks.logger, level, key, unsent === undefined ? data : { ...data, unsent });
  }

  /**
   * @param {number} kind of {@link Completion}
   * @param {string} [text]
   * @param {number} [detail]
   */
  #answer(kind, text = '', detail = 0) {
    if (this.#exchange?.takes(kind, text, detail) !== true) this.#end(kind, text, detail);
    else this.#overtaken();
  }

  /** The client of an exchange may have left before its answer began: there is nothing to end. */
  #overtaken() {
    this.#body?.endForm();
    if (this.#ended) return;
    this.#ended = true;
    this.#scope.release();
  }

  /**
   * @param {number} kind of {@link Completion}
   * @param {string} text
   * @param {number} detail
   */
  #end(kind, text, detail) {
    this.#ended = true;
    this.#deps.completions.add(this.#slot, this.#generation, kind, text, detail);
    this.#deps.signals.ended(this.#slot, this.#generation);
    this.#scope.release();
    // The body of a streamed answer may be read for as long as the answer is written.
    if (kind !== Completion.STREAMING_RESPONSE && kind !== Completion.RAW_RESPONSE) this.#body?.discard();
  }
}

module.exports = { Call };
