// @ts-check
'use strict';

const { Completions } = require('./completions');
const { Call } = require('./call');
const { CallContext } = require('./context');
const { describe } = require('./errors');
const { fallBack } = require('./fallback');
const { Forms } = require('./files');
const { parse, setImmediate } = require('./primordials');
const { LogKey, log } = require('./log');
const { enterOnce, serverScope } = require('./scope');
const { Signals } = require('./signals');
const { Streams } = require('./streams');
const { BODY_WORD, Completion, MAX_RECORDS, RECORD_WORDS, Record } = require('./wire');

/** How many calls are started before the application's timers and sockets get their turn. */
const MAX_CALLS_PER_TURN = 64;

/**
 * @typedef {object} Entry a registered handler
 * @property {string} id
 * @property {'task' | 'event'} kind
 * @property {boolean} parallel whether it is an event whose listeners run in parallel, which has no payload to return
 * @property {(input: any, context: any) => unknown} handler
 *
 * @typedef {object} CallDeps what the calls of a server share
 * @property {import('./adapter').Adapter} adapter
 * @property {Completions} completions
 * @property {Signals} signals
 * @property {Streams} streams
 * @property {Forms} forms
 * @property {import('./hooks').Hooks} hooks
 */

/**
 * The JavaScript half of the bridge: takes records when the doorbell rings, and dispatches them by their kind. The
 * other half is `src/node/`.
 */
class Bridge {
  #native;
  #onNotice;
  /** @type {CallDeps} */
  #deps;
  #records = new Uint32Array(MAX_RECORDS * RECORD_WORDS);
  /** @type {Map<number, Entry>} */
  #entries = new Map();

  /** @type {import('node:async_hooks').AsyncResource | undefined} while it listens */
  #scope;

  /** Called when the doorbell rings. */
  #onRing = () => this.#scope?.runInAsyncScope(this.#drain, this);

  /**
   * @param {import('../binding').NativeBridge} native
   * @param {import('./adapter').Adapter} adapter
   * @param {import('./hooks').Hooks} hooks
   * @param {(notice: any) => void} onNotice
   */
  constructor(native, adapter, hooks, onNotice) {
    this.#native = native;
    this.#onNotice = onNotice;
    const signals = new Signals(adapter.clientLeft);
    const streams = new Streams(native);
    const forms = new Forms(native, streams, adapter);
    this.#deps = { adapter, completions: new Completions(native), signals, streams, forms, hooks };
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

  /** Opens the bridge. Calls run in the async context of the latest caller. */
  open() {
    const isOpen = this.#scope !== undefined;
    this.#scope?.emitDestroy();
    this.#scope = serverScope();
    if (isOpen) return;
    this.#deps.streams.listen();
    this.#native.attach(this.#onRing);
  }

  /**
   * Whether the process stays alive while calls may come; it does until it is told otherwise.
   *
   * @param {boolean} alive
   */
  keepAlive(alive) {
    this.#native.keepAlive(alive);
  }

  /** Resolves when no response is being written. */
  idle() {
    return this.#deps.streams.idle();
  }

  /** Closes the bridge, once no more calls come. */
  close() {
    this.#native.detach();
    this.#deps.streams.close();
    this.#scope?.emitDestroy();
    this.#scope = undefined;
  }

  #drain() {
    const { completions } = this.#deps;
    let mayHaveMore = true;
    completions.hold();
    try {
      mayHaveMore = this.#takeTurn();
    } catch {
      // The native side has logged it, and the next turn takes what is left.
    } finally {
      // The doorbell rings again only once everything was taken.
      if (mayHaveMore) setImmediate(this.#onRing);
      completions.release();
    }
  }

  /** Starts the calls of one turn. Returns true if there may be more. */
  #takeTurn() {
    for (let started = 0; started < MAX_CALLS_PER_TURN; ) {
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
    if (!addsUp(records, count, texts.length, heads.length)) {
      this.#failBatch(count);
      return;
    }
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
        this.#handle(kind, slot, generation, detail, text, head, records[at + BODY_WORD]);
      } catch (error) {
        // A bug in the bridge fails the one record, not the process or the records after it.
        this.#fail(slot, generation, error);
      }
      textAt = textEnd;
      headAt = headEnd;
    }
  }

  /**
   * Fails all records of a batch whose texts cannot be told apart.
   *
   * @param {number} count
   */
  #failBatch(count) {
    const records = this.#records;
    for (let at = 0; at < count * RECORD_WORDS; at += RECORD_WORDS) {
      this.#fail(records[at + 1], records[at + 2], new Error('The texts of a batch do not add up'));
    }
  }

  /**
   * @param {number} slot
   * @param {number} generation 0 for a record that is not a call
   * @param {unknown} error
   */
  #fail(slot, generation, error) {
    if (generation !== 0) this.#deps.completions.add(slot, generation, Completion.FAILED);
    enterOnce(() => log(this.#deps.hooks.logger, 'error', LogKey.TASK_ERROR, describe(error)));
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} generation
   * @param {number} detail
   * @param {string | undefined} text
   * @param {string} head
   * @param {number} body
   */
  #handle(kind, slot, generation, detail, text, head, body) {
    const { completions, forms, hooks, signals, streams } = this.#deps;
    switch (kind) {
      case Record.TASK:
      case Record.EVENT:
      case Record.EVENT_WITH_RESULT:
      case Record.TASK_DOCUMENT:
      case Record.EVENT_DOCUMENT:
      case Record.FORM: {
        const entry = this.#entries.get(detail);
        if (entry !== undefined) {
          new Call(this.#deps, kind, slot, generation, entry, body).run(text, head);
          break;
        }
        completions.add(slot, generation, Completion.HANDLER_REMOVED);
        if (kind === Record.FORM) forms.discard(body);
        else if (body !== 0) streams.discard(body);
        break;
      }
      case Record.FALLBACK:
        fallBack(this.#deps, slot, generation, head, body);
        break;
      case Record.VALIDATE:
        enterOnce(() => this.#validate(slot, generation, new CallContext(head)));
        break;
      case Record.ORIGIN:
        enterOnce(() =>
          completions.add(slot, generation, Completion.ORIGIN, hooks.origin(new CallContext(head))),
        );
        break;
      case Record.EXPOSURE:
        enterOnce(() => this.#expose(slot, generation));
        break;
      case Record.CANCELLED:
        signals.cancel(slot, generation, detail);
        break;
      case Record.REJECTION:
        enterOnce(() => hooks.onRejected(detail, text ?? '', new CallContext(head)));
        break;
      case Record.STREAM:
        streams.signal(slot, detail);
        break;
      case Record.BODY:
        streams.readable(slot);
        break;
      case Record.FILE:
        forms.onPart(slot);
        break;
      case Record.NOTICE:
        enterOnce(() => this.#onNotice(parse(text ?? '')));
        break;
    }
  }

  /**
   * @param {number} slot
   * @param {number} generation
   */
  #expose(slot, generation) {
    const { completions, adapter } = this.#deps;
    adapter.refresh?.();
    completions.add(slot, generation, Completion.DONE);
  }

  /**
   * @param {number} slot
   * @param {number} generation
   * @param {CallContext} context
   */
  async #validate(slot, generation, context) {
    const passes = await this.#deps.hooks.validate(context);
    this.#deps.completions.add(slot, generation, Completion.VERDICT, '', passes ? 1 : 0);
  }
}

/**
 * Whether the lengths in the records add up to those of the texts and heads that came with them.
 *
 * @param {Uint32Array} records
 * @param {number} count
 * @param {number} textUnits
 * @param {number} headUnits
 */
function addsUp(records, count, textUnits, headUnits) {
  let texts = 0;
  let heads = 0;
  for (let at = 0; at < count * RECORD_WORDS; at += RECORD_WORDS) {
    texts += records[at + 4];
    heads += records[at + 5];
  }
  return texts === textUnits && heads === headUnits;
}

module.exports = { Bridge };
