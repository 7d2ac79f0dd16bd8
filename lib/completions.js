// @ts-check
'use strict';

const { show } = require('./errors');
const { queueMicrotask } = require('./primordials');
const { COMPLETION_WORDS, MAX_RECORDS } = require('./wire');

/**
 * Texts are joined up to this many UTF-16 units: V8 allocates longer strings in large-object space, which costs more.
 */
const MAX_UNITS = 64 * 1024;

/**
 * Collects completions and hands them to the core many at a time: at the end of a drain, or, for promises that settle
 * later, in a microtask after those that are already queued.
 */
class Completions {
  #native;
  #words = new Uint32Array(MAX_RECORDS * COMPLETION_WORDS);
  #count = 0;
  #text = '';
  #isHeld = false;
  #flush = () => this.flush();

  /** @param {import('../binding').NativeBridge} native */
  constructor(native) {
    this.#native = native;
  }

  /** Keeps completions until `release`. */
  hold() {
    this.#isHeld = true;
  }

  /** Hands over what was collected since `hold`. */
  release() {
    this.#isHeld = false;
    this.flush();
  }

  /**
   * Throws for a text that is not a string, which an application's own serializer may return: texts are found by their
   * lengths, so it would shift those of other calls.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {number} kind of `Completion`
   * @param {string} [text]
   * @param {number} [detail]
   */
  add(slot, generation, kind, text = '', detail = 0) {
    if (typeof text !== 'string')
      throw new TypeError(`The text of a completion: received ${show(text)}, expected a string`);
    if (this.#count > 0 && this.#text.length + text.length > MAX_UNITS) this.flush();
    const words = this.#words;
    const at = this.#count * COMPLETION_WORDS;
    words[at] = kind;
    words[at + 1] = slot;
    words[at + 2] = generation;
    words[at + 3] = detail;
    words[at + 4] = text.length;
    this.#text += text;
    this.#count += 1;
    if (this.#count === MAX_RECORDS) this.flush();
    else if (this.#count === 1 && !this.#isHeld) queueMicrotask(this.#flush);
  }

  flush() {
    if (this.#count === 0) return;
    const count = this.#count;
    const text = this.#text;
    this.#count = 0;
    this.#text = '';
    this.#native.complete(this.#words, count, text);
  }
}

module.exports = { Completions };
