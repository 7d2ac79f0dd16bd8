// @ts-check
'use strict';

const { Pump } = require('./pump');
const { Upload } = require('./upload');

/** The streams of a server that are under way: answers that are written, and bodies that are read. */
class Streams {
  #native;
  /** @type {Map<number, Pump>} */
  #pumps = new Map();
  /** @type {Map<number, Upload>} */
  #uploads = new Map();

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
    this.#pumps.set(number, pump);
    const run = async () => {
      try {
        return await pump.run();
      } finally {
        this.#pumps.delete(number);
      }
    };
    return { number, run };
  }

  /**
   * The body of a call, for a handler that asks for it.
   *
   * @param {number} number
   */
  upload(number) {
    const upload = new Upload(this.#native, number, () => this.#uploads.delete(number));
    this.#uploads.set(number, upload);
    return upload;
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
    this.#uploads.get(number)?.arrived();
  }

  /**
   * A record says something of an answer.
   *
   * @param {number} number
   * @param {number} signal
   */
  signal(number, signal) {
    this.#pumps.get(number)?.signal(signal);
  }
}

module.exports = { Streams };
