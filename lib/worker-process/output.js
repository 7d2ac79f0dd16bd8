// @ts-check
'use strict';

const { queueMicrotask } = require('../primordials');

/** Lines are joined up to this many units: V8 puts longer strings on pages of their own, which cost more. */
const MAX_UNITS = 64 * 1024;

/**
 * Collects lines and writes many at a time: at the end of a read, or, for promises that settle later, in a microtask
 * after those that are already queued.
 */
class Output {
  #write;
  #text = '';
  #held = false;
  #flush = () => this.flush();

  /** @param {(text: string, callback?: () => void) => unknown} write */
  constructor(write) {
    this.#write = write;
  }

  /** Collects lines until `release`. */
  hold() {
    this.#held = true;
  }

  /** Writes the lines collected since `hold`. */
  release() {
    this.#held = false;
    this.flush();
  }

  /** @param {string} line without a line break */
  add(line) {
    if (this.#text === '' && !this.#held) queueMicrotask(this.#flush);
    this.#text += `${line}\n`;
    if (this.#text.length > MAX_UNITS) this.flush();
  }

  flush() {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }

  /**
   * Calls back once all lines have been handed to the operating system.
   *
   * @param {() => void} callback
   */
  drain(callback) {
    this.flush();
    this.#write('', callback);
  }
}

module.exports = { Output };
