// @ts-check
'use strict';

/** Decides whether a server keeps the process alive: it does while something is awaited, and while it is referenced. */
class KeepAlive {
  #apply;
  #awaited = 0;
  #isReferenced = true;
  #isListening = false;

  /** @param {(alive: boolean) => void} apply called after each change */
  constructor(apply) {
    this.#apply = apply;
  }

  /** @param {boolean} isReferenced whether the process lives while the server listens */
  reference(isReferenced) {
    this.#isReferenced = isReferenced;
    this.update();
  }

  /** @param {boolean} isListening */
  listening(isListening) {
    this.#isListening = isListening;
    this.update();
  }

  /**
   * Keeps the process alive until a promise settles.
   *
   * @template T
   * @param {Promise<T>} promise
   */
  async during(promise) {
    this.#awaited += 1;
    this.update();
    try {
      return await promise;
    } finally {
      this.#awaited -= 1;
      this.update();
    }
  }

  /** Applies what holds, such as to a bridge that was opened. */
  update() {
    this.#apply(this.#awaited > 0 || (this.#isListening && this.#isReferenced));
  }
}

module.exports = { KeepAlive };
