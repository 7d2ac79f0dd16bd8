// @ts-check
'use strict';

const { Answer } = require('./answers');
const { CallContext } = require('./context');
const { describe, publicError } = require('./errors');
const { parse, stringify } = require('./intrinsics');
const { LogKey, log } = require('./log');
const { follow, isThenable } = require('./thenable');
const { Record } = require('./wire');

/**
 * @typedef {object} Entry a registered handler
 * @property {string} id
 * @property {'task' | 'event'} kind
 * @property {(input: any, context: any) => unknown} handler
 *
 * @typedef {object} Desk what the calls of a server share
 * @property {import('./answers').Answers} answers
 * @property {import('./signals').Signals} signals
 * @property {import('./host').Host} host
 */

/** One call of a handler, from its text to its answer. It is answered exactly once. */
class Call {
  #desk;
  #kind;
  #slot;
  #generation;
  #entry;
  #ended = false;

  /**
   * @param {Desk} desk
   * @param {number} kind of {@link Record}
   * @param {number} slot
   * @param {number} generation
   * @param {Entry} entry
   */
  constructor(desk, kind, slot, generation, entry) {
    this.#desk = desk;
    this.#kind = kind;
    this.#slot = slot;
    this.#generation = generation;
    this.#entry = entry;
  }

  get id() {
    return this.#entry.id;
  }

  get kind() {
    return this.#entry.kind;
  }

  /** Aborts when nobody waits for the answer any more; after the answer it does not abort. */
  signal() {
    const { signals } = this.#desk;
    return this.#ended ? signals.still() : signals.of(this.#slot, this.#generation);
  }

  /**
   * Runs the handler; a promise of its is answered when it settles.
   *
   * @param {string | undefined} text the input
   * @param {string} head
   */
  run(text, head) {
    let input;
    try {
      input = text === undefined ? undefined : parse(text);
    } catch {
      this.#answer(Answer.UNREADABLE);
      return;
    }
    const context = new CallContext(head, this);
    try {
      const { handler } = this.#entry;
      const value = handler(input, context);
      if (isThenable(value)) this.#settle(value, input, context);
      else this.#succeed(value, input);
    } catch (error) {
      this.#fail(error, context);
    }
  }

  /**
   * @param {PromiseLike<unknown>} promise
   * @param {unknown} input
   * @param {CallContext} context
   */
  async #settle(promise, input, context) {
    try {
      this.#succeed(await follow(promise), input);
    } catch (error) {
      this.#fail(error, context);
    }
  }

  /**
   * @param {unknown} value
   * @param {unknown} input
   */
  #succeed(value, input) {
    const result = this.#kind === Record.EVENT_WITH_RESULT && value === undefined ? input : value;
    if (result === undefined || this.#kind === Record.EVENT) {
      this.#answer(Answer.DONE);
      return;
    }
    const text = stringify(result);
    if (text === undefined) {
      throw new TypeError(`The result cannot be serialized: received a ${typeof result}, expected JSON data`);
    }
    this.#answer(Answer.RESULT, text);
  }

  /**
   * @param {unknown} error
   * @param {CallContext} context
   */
  #fail(error, context) {
    const { status, text, unsent } = publicError(error);
    if (text === undefined) this.#answer(Answer.FAILED);
    else this.#answer(Answer.ERROR, text, status);
    const key = this.kind === 'task' ? LogKey.TASK_ERROR : LogKey.EVENT_ERROR;
    const data = { ...describe(error), requestId: context.requestId, id: this.id };
    log(this.#desk.host.logger, 'error', key, unsent === undefined ? data : { ...data, unsent });
  }

  /**
   * @param {number} kind of {@link Answer}
   * @param {string} [text]
   * @param {number} [detail]
   */
  #answer(kind, text, detail) {
    this.#ended = true;
    this.#desk.answers.add(this.#slot, this.#generation, kind, text, detail);
    this.#desk.signals.ended(this.#slot, this.#generation);
  }
}

module.exports = { Call };
