// @ts-check
'use strict';

const { BodySource } = require('./body');
const { Pump } = require('./pump');
const { Upload } = require('./upload');
const { Writer } = require('./writer');

/** The streams of a server that are under way: answers that are written, and bodies that are read. */
class Streams {
  #native;
  /** @type {Map<number, Pump | Writer>} */
  #answers = new Map();
  /** @type {Map<number, BodySource>} */
  #bodies = new Map();

  /** @param {import('../../binding').NativeServer} native */
  constructor(native) {
    this.#native = native;
  }

  /**
   * Opens a stream for an answer: its number stands in the answer, and `run` writes it.
   *
   * @param {import('./answer').StreamedAnswer} answer
   * @param {() => void} onGone the client has left
   */
  open(answer, onGone) {
    const number = this.#native.openStream();
    const pump = new Pump(this.#native, number, answer, onGone);
    this.#answers.set(number, pump);
    const run = async () => {
      try {
        return await pump.run();
      } finally {
        this.#answers.delete(number);
      }
    };
    return { number, run };
  }

  /** Opens a stream for an answer that is written by hand: its number stands in the answer. */
  writer() {
    const number = this.#native.openStream();
    const writer = new Writer(this.#native, number, () => this.#answers.delete(number));
    this.#answers.set(number, writer);
    return writer;
  }

  /**
   * The bytes of a body.
   *
   * @param {number} number
   * @param {import('./body').Hooks} [hooks]
   */
  source(number, hooks) {
    const source = new BodySource(this.#native, number, () => this.#bodies.delete(number), hooks);
    this.#bodies.set(number, source);
    return source;
  }

  /**
   * The body of a call, for a handler that asks for it.
   *
   * @param {number} number
   * @param {import('./body').Hooks} [hooks]
   */
  upload(number, hooks) {
    return new Upload(this.source(number, hooks));
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
    this.#bodies.get(number)?.arrived();
  }

  /**
   * A record says something of an answer.
   *
   * @param {number} number
   * @param {number} signal
   */
  signal(number, signal) {
    this.#answers.get(number)?.signal(signal);
  }
}

module.exports = { Streams };
