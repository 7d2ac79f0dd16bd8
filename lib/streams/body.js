// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { BodyState } = require('../wire');

const brokenOff = () =>
  clientFault(Object.assign(new Error('The client broke off the request'), { code: 'ECONNRESET' }));

/**
 * @typedef {object} Hooks of a body that is a part of something larger
 * @property {() => void} [onFirst] called once, before the first chunk, the end or the error is handed out
 * @property {() => Error} [whyBroken] what to throw when it broke off
 */

/** The bytes of a request's body, pulled as they arrive. */
class BodySource {
  #native;
  #number;
  #onClose;
  #onFirst;
  #whyBroken;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #again;

  /**
   * @param {Pick<import('../../binding').NativeServer, 'readBody' | 'closeBody'>} native
   * @param {number} number
   * @param {() => void} onClose
   * @param {Hooks} [hooks]
   */
  constructor(native, number, onClose, { onFirst, whyBroken = brokenOff } = {}) {
    this.#native = native;
    this.#number = number;
    this.#onClose = onClose;
    this.#onFirst = onFirst;
    this.#whyBroken = whyBroken;
  }

  /**
   * The next chunk, or `null` at the end; `undefined` if there is nothing yet: then `again` is called when there
   * is. Throws when the client broke off, and when the source is closed.
   *
   * @param {() => void} again
   * @returns {Buffer | null | undefined}
   */
  next(again) {
    const chunk = this.#closed ? undefined : this.#native.readBody(this.#number);
    if (chunk === BodyState.PENDING) {
      this.#again = again;
      return undefined;
    }
    const onFirst = this.#onFirst;
    this.#onFirst = undefined;
    onFirst?.();
    if (typeof chunk === 'object') return chunk;
    this.close();
    if (chunk === BodyState.END) return null;
    throw this.#whyBroken();
  }

  /** There is something to read. */
  arrived() {
    const again = this.#again;
    this.#again = undefined;
    again?.();
  }

  /** The body is not read any more. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#again = undefined;
    this.#native.closeBody(this.#number);
    this.#onClose();
  }
}

module.exports = { BodySource, brokenOff };
