// @ts-check
'use strict';

const { NativePromise } = require('../primordials');
const { BodySource } = require('./body');
const { Pump } = require('./pump');
const { Upload } = require('./upload');
const { Writer } = require('./writer');
const { StreamSignal } = require('../wire');

/** @typedef {import('../scope').RequestScope} RequestScope */

/** The open streams of a server: responses that are being written, and bodies that are being read. */
class Streams {
  #native;
  /** @type {Map<number, { writer: Pump | Writer, scope: RequestScope }>} */
  #responses = new Map();
  /** @type {Map<number, { source: BodySource, scope: RequestScope }>} */
  #bodies = new Map();

  #isClosed = false;
  /** Called when no response is being written. @type {() => void} */
  #onIdle = () => {};

  /** @param {import('../../binding').NativeBridge} native */
  constructor(native) {
    this.#native = native;
  }

  /** Called when the server begins to listen. */
  listen() {
    this.#isClosed = false;
  }

  /** Resolves when no response is being written. @returns {Promise<void>} */
  idle() {
    return new NativePromise((resolve) => {
      this.#onIdle = resolve;
      if (this.#responses.size === 0) resolve();
    });
  }

  /** Closes all responses, and later ones: with the server the clients are gone, and no record says so. */
  close() {
    this.#isClosed = true;
    for (const number of [...this.#responses.keys()]) this.signal(number, StreamSignal.CLOSED);
  }

  /**
   * Opens a stream for a response: its number goes into the completion, and `run` writes it.
   *
   * @param {import('./response').StreamingResponse} streamed
   * @param {RequestScope} scope
   * @param {() => void} onClientLeft
   */
  open(streamed, scope, onClientLeft) {
    const number = this.#native.openStream();
    const pump = new Pump(this.#native, number, streamed, onClientLeft);
    this.#hold(this.#responses, number, { writer: pump, scope });
    if (this.#isClosed) pump.signal(StreamSignal.CLOSED);
    const run = async () => {
      try {
        return await pump.run();
      } finally {
        this.#release(this.#responses, number);
      }
    };
    return { number, run };
  }

  /**
   * Opens a stream for a response that is written directly: its number goes into the completion.
   *
   * @param {RequestScope} scope
   */
  writer(scope) {
    const number = this.#native.openStream();
    const writer = new Writer(this.#native, number, () => this.#release(this.#responses, number));
    this.#hold(this.#responses, number, { writer, scope });
    // Deferred until the caller has set its callbacks.
    if (this.#isClosed) process.nextTick(() => this.signal(number, StreamSignal.CLOSED));
    return writer;
  }

  /**
   * The bytes of a body.
   *
   * @param {number} number
   * @param {RequestScope} scope
   * @param {import('./body').Hooks} [hooks]
   */
  source(number, scope, hooks) {
    const onClose = () => this.#release(this.#bodies, number);
    const source = new BodySource(this.#native, number, onClose, hooks);
    this.#hold(this.#bodies, number, { source, scope });
    return source;
  }

  /**
   * The body of a call, for a handler that asks for it.
   *
   * @param {number} number
   * @param {RequestScope} scope
   * @param {import('./body').Hooks} [hooks]
   */
  upload(number, scope, hooks) {
    return new Upload(this.source(number, scope, hooks));
  }

  /**
   * Discards a body that no handler will ask for.
   *
   * @param {number} number
   */
  discard(number) {
    this.#native.closeBody(number);
  }

  /**
   * Handles a record: there is something to read of a body.
   *
   * @param {number} number
   */
  readable(number) {
    const body = this.#bodies.get(number);
    body?.scope.runInAsyncScope(body.source.onReadable, body.source);
  }

  /**
   * Handles a record of the stream of a response.
   *
   * @param {number} number
   * @param {number} signal of `StreamSignal`
   */
  signal(number, signal) {
    const entry = this.#responses.get(number);
    entry?.scope.runInAsyncScope(entry.writer.signal, entry.writer, signal);
  }

  /**
   * @template {{ scope: RequestScope }} Entry
   * @param {Map<number, Entry>} entries
   * @param {number} number
   * @param {Entry} entry
   */
  #hold(entries, number, entry) {
    entry.scope.hold();
    entries.set(number, entry);
  }

  /**
   * @param {Map<number, { scope: RequestScope }>} entries
   * @param {number} number
   */
  #release(entries, number) {
    const entry = entries.get(number);
    entries.delete(number);
    entry?.scope.release();
    if (this.#responses.size === 0) this.#onIdle();
  }
}

module.exports = { Streams };
