// @ts-check
'use strict';

const { BodySource } = require('./body');
const { Pump } = require('./pump');
const { Upload } = require('./upload');
const { Writer } = require('./writer');
const { StreamSignal } = require('../wire');

/** @typedef {import('../scope').RequestScope} RequestScope */

/** The streams of a server that are under way: responses that are written, and bodies that are read. */
class Streams {
  #native;
  /** @type {Map<number, { writer: Pump | Writer, scope: RequestScope }>} */
  #responses = new Map();
  /** @type {Map<number, { source: BodySource, scope: RequestScope }>} */
  #bodies = new Map();

  #closed = false;

  /** @param {import('../../binding').NativeServer} native */
  constructor(native) {
    this.#native = native;
  }

  /** Clients come from here on. */
  listen() {
    this.#closed = false;
  }

  /** All clients are gone, and no record will say so: neither to the responses that are written, nor to later ones. */
  close() {
    this.#closed = true;
    for (const number of [...this.#responses.keys()]) this.signal(number, StreamSignal.CLOSED);
  }

  /**
   * Opens a stream for a response: its number stands in the completion, and `run` writes it.
   *
   * @param {import('./response').StreamingResponse} streamed
   * @param {RequestScope} scope
   * @param {() => void} onGone the client has left
   */
  open(streamed, scope, onGone) {
    const number = this.#native.openStream();
    const pump = new Pump(this.#native, number, streamed, onGone);
    this.#hold(this.#responses, number, { writer: pump, scope });
    if (this.#closed) pump.signal(StreamSignal.CLOSED);
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
   * Opens a stream for a response that is written by hand: its number stands in the completion.
   *
   * @param {RequestScope} scope
   */
  writer(scope) {
    const number = this.#native.openStream();
    const writer = new Writer(this.#native, number, () => this.#release(this.#responses, number));
    this.#hold(this.#responses, number, { writer, scope });
    // Once what writes it listens.
    if (this.#closed) process.nextTick(() => this.signal(number, StreamSignal.CLOSED));
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
   * No handler will ask for the body.
   *
   * @param {number} number
   */
  discard(number) {
    this.#native.closeBody(number);
  }

  /**
   * A record says that there is something to read of a body.
   *
   * @param {number} number
   */
  readable(number) {
    const body = this.#bodies.get(number);
    body?.scope.runInAsyncScope(body.source.arrived, body.source);
  }

  /**
   * A record says something of the stream of a response.
   *
   * @param {number} number
   * @param {number} signal
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
  }
}

module.exports = { Streams };
