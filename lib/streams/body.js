// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { BodyState } = require('../wire');

const brokenOff = () =>
  clientFault(Object.assign(new Error('The client broke off the request'), { code: 'ECONNRESET' }));

/**
 * @typedef {object} Hooks of a body that belongs to a call or a form
 * @property {() => void} [onFirst] called once, before the first chunk, the end or the error is returned
 * @property {() => Error} [whyBroken] makes the error that `next` throws when the body broke off
 */

/** The bytes of a request's body, pulled as they arrive. */
class BodySource {
  #native;
  #number;
  #onClose;
  #onFirst;
  #whyBroken;
  #isClosed = false;
  /** @type {(() => void) | undefined} */
  #again;

  /**
   * @param {Pick<import('../../binding').NativeBridge, 'readBody' | 'closeBody'>} native
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
   * The next chunk, or `null` at the end; `undefined` if nothing has arrived, in which case `again` is called when
   * something has. Throws if the client broke off, or the source is closed.
   *
   * @param {() => void} again
   * @returns {Buffer | null | undefined}
   */
  next(again) {
    const chunk = this.#isClosed ? undefined : this.#native.readBody(this.#number);
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

  /** Called when there is something to read. */
  onReadable() {
    const again = this.#again;
    this.#again = undefined;
    again?.();
  }

  /** Stops reading; the rest of the body is discarded. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#again = undefined;
    this.#native.closeBody(this.#number);
    this.#onClose();
  }
}

module.exports = { BodySource, brokenOff };
