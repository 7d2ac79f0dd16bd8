// @ts-check
'use strict';

const { Answer, Answers } = require('./answers');
const { CallContext } = require('./context');
const { describe, publicError } = require('./errors');
const { parse, setImmediate, stringify } = require('./intrinsics');
const { LogKey, log } = require('./log');
const { Signals } = require('./signals');
const { follow, isThenable } = require('./thenable');
const { MOST_RECORDS, RECORD_WORDS, Record } = require('./wire');

/** How many calls are started before timers and sockets of the application get their turn. */
const CALLS_A_TURN = 64;

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {'task' | 'event'} kind
 * @property {(input: any, context: any) => unknown} handler
 */

/**
 * The JavaScript half of the bridge: takes calls when the doorbell rings, runs their handlers and hands
 * back the answers. `src/node/` is the other half.
 */
class Bridge {
  #native;
  #host;
  #onNotice;
  #answers;
  #signals = new Signals();
  #records = new Uint32Array(MOST_RECORDS * RECORD_WORDS);
  /** @type {Map<number, Entry>} */
  #entries = new Map();

  /** The doorbell. */
  drain = () => this.#drain();

  /**
   * @param {import('../binding').NativeServer} native
   * @param {import('./host').Host} host
   * @param {(notice: any) => void} onNotice
   */
  constructor(native, host, onNotice) {
    this.#native = native;
    this.#host = host;
    this.#onNotice = onNotice;
    this.#answers = new Answers(native);
  }

  /**
   * @param {number} number
   * @param {Entry} entry
   */
  add(number, entry) {
    this.#entries.set(number, entry);
  }

  /** @param {number} number */
  remove(number) {
    this.#entries.delete(number);
  }

  #drain() {
    let more = true;
    this.#answers.hold();
    try {
      more = this.#takeTurn();
    } finally {
      // The doorbell rings again only once everything was taken: what is left is up to us.
      if (more) setImmediate(this.drain);
      this.#answers.release();
    }
  }

  /** Starts the calls of one turn; true if there may be more. */
  #takeTurn() {
    for (let started = 0; started < CALLS_A_TURN; ) {
      const taken = this.#native.take(this.#records);
      if (taken === null) return false;
      const [count, texts, heads] = taken;
      this.#open(count, texts, heads);
      started += count;
    }
    return true;
  }

  /**
   * @param {number} count
   * @param {string} texts
   * @param {string} heads
   */
  #open(count, texts, heads) {
    const records = this.#records;
    let textAt = 0;
    let headAt = 0;
    for (let at = 0; at < count * RECORD_WORDS; at += RECORD_WORDS) {
      const kind = records[at];
      const slot = records[at + 1];
      const generation = records[at + 2];
      const detail = records[at + 3];
      const textEnd = textAt + records[at + 4];
      const headEnd = headAt + records[at + 5];
      const text = textEnd > textAt ? texts.substring(textAt, textEnd) : undefined;
      const head = heads.substring(headAt, headEnd);
      try {
        this.#handle(kind, slot, generation, detail, text, head);
      } catch (error) {
        // A bug of ours costs the record that shows it, not the process, and not the records behind it.
        this.#answers.add(slot, generation, Answer.FAILED);
        log(this.#host.logger, 'error', LogKey.TASK_ERROR, describe(error));
      }
      textAt = textEnd;
      headAt = headEnd;
    }
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} generation
   * @param {number} detail
   * @param {string | undefined} text
   * @param {string} head
   */
  #handle(kind, slot, generation, detail, text, head) {
    if (kind <= Record.EVENT_WITH_RESULT) return this.#call(kind, slot, generation, detail, text, head);
    if (kind === Record.ABANDONED) return this.#signals.abandon(slot, generation, detail);
    if (kind === Record.NOTICE) return this.#onNotice(parse(text ?? ''));
    const context = new CallContext(undefined, head, this.#signals, slot, generation);
    if (kind === Record.VALIDATE) return void this.#validate(slot, generation, context);
    if (kind === Record.REFUSAL) return this.#host.refused(detail, text ?? '', context);
    this.#answers.add(slot, generation, Answer.ORIGIN, this.#host.origin(context));
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} generation
   * @param {number} number
   * @param {string | undefined} text
   * @param {string} head
   */
  #call(kind, slot, generation, number, text, head) {
    const entry = this.#entries.get(number);
    if (entry === undefined) {
      this.#answers.add(slot, generation, Answer.GONE);
      return;
    }
    let input;
    try {
      input = text === undefined ? undefined : parse(text);
    } catch {
      this.#answers.add(slot, generation, Answer.UNREADABLE);
      return;
    }
    const context = new CallContext(entry, head, this.#signals, slot, generation);
    try {
      const { handler } = entry;
      const value = handler(input, context);
      if (isThenable(value)) {
        this.#settle(kind, slot, generation, entry, context, input, value);
        return;
      }
      this.#succeed(kind, slot, generation, input, value);
    } catch (error) {
      this.#fail(slot, generation, entry, context, error);
    }
    CallContext.end(context);
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} generation
   * @param {Entry} entry
   * @param {CallContext} context
   * @param {unknown} input
   * @param {PromiseLike<unknown>} promise
   */
  async #settle(kind, slot, generation, entry, context, input, promise) {
    try {
      this.#succeed(kind, slot, generation, input, await follow(promise));
    } catch (error) {
      this.#fail(slot, generation, entry, context, error);
    }
    CallContext.end(context);
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} generation
   * @param {unknown} input
   * @param {unknown} value
   */
  #succeed(kind, slot, generation, input, value) {
    const result = kind === Record.EVENT_WITH_RESULT && value === undefined ? input : value;
    if (result === undefined || kind === Record.EVENT) {
      this.#answers.add(slot, generation, Answer.DONE);
      return;
    }
    const text = stringify(result);
    if (text === undefined) {
      throw new TypeError(`The result cannot be serialized: received a ${typeof result}, expected JSON data`);
    }
    this.#answers.add(slot, generation, Answer.RESULT, text);
  }

  /**
   * @param {number} slot
   * @param {number} generation
   * @param {Entry} entry
   * @param {CallContext} context
   * @param {unknown} error
   */
  #fail(slot, generation, entry, context, error) {
    const { status, text, unsent } = publicError(error);
    if (text === undefined) this.#answers.add(slot, generation, Answer.FAILED);
    else this.#answers.add(slot, generation, Answer.ERROR, text, status);
    const key = entry.kind === 'task' ? LogKey.TASK_ERROR : LogKey.EVENT_ERROR;
    const data = { ...describe(error), requestId: context.requestId, id: entry.id };
    log(this.#host.logger, 'error', key, unsent === undefined ? data : { ...data, unsent });
  }

  /**
   * @param {number} slot
   * @param {number} generation
   * @param {CallContext} context
   */
  async #validate(slot, generation, context) {
    const passes = await this.#host.validate(context);
    this.#answers.add(slot, generation, Answer.VERDICT, '', passes ? 1 : 0);
  }
}

module.exports = { Bridge };
