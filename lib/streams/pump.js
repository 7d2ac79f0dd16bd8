// @ts-check
'use strict';

const { settleValue } = require('../thenable');
const { NativePromise } = require('../primordials');
const { cancel } = require('./chunks');
const { lengthMismatch } = require('./headers');
const { StreamSignal, WriteResult } = require('../wire');

/**
 * Writes the chunks of one response as fast as its client reads them.
 */
class Pump {
  #native;
  #number;
  #response;
  #gone = false;
  /** @type {() => void} */
  #room = () => {};
  /** @type {() => void} */
  #leave = () => {};
  #onGone;

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {number} number
   * @param {import('./response').StreamingResponse} response
   * @param {() => void} onGone the client has left
   */
  constructor(native, number, response, onGone) {
    this.#native = native;
    this.#number = number;
    this.#response = response;
    this.#onGone = onGone;
  }

  /**
   * Resolves when the response is complete, or its client is gone; rejects when the chunks break off.
   *
   * @returns {Promise<'complete' | 'gone'>}
   */
  async run() {
    const { chunks } = this.#response;
    let complete = false;
    try {
      complete = await this.#write();
      return complete ? 'complete' : 'gone';
    } catch (error) {
      if (this.#gone) return 'gone';
      throw error;
    } finally {
      this.#native.endStream(this.#number, complete);
      if (!complete) cancel(chunks);
    }
  }

  /** @param {number} signal */
  signal(signal) {
    if (signal === StreamSignal.WRITABLE) {
      this.#room();
    } else if (!this.#gone) {
      this.#gone = true;
      // At once: the next chunk may never come.
      this.#onGone();
      this.#leave();
    }
  }

  async #write() {
    const { chunks, encode, status } = this.#response;
    // A 204 and a 304 have no body, whatever is written of it.
    const length = status === 204 || status === 304 ? undefined : this.#response.length;
    let sent = 0;
    // The client may have left before.
    while (!this.#gone) {
      const chunk = await this.#until(chunks.next());
      if (this.#gone || chunk === undefined) return false;
      const { done, value } = chunk.value;
      if (done) {
        if (length !== undefined && sent < length) throw lengthMismatch(sent, length);
        return true;
      }
      const bytes = encode(value);
      if (bytes.length === 0) continue;
      sent += bytes.length;
      if (length !== undefined && sent > length) throw lengthMismatch(sent, length);
      const written = this.#native.writeStream(this.#number, bytes);
      // The record that says so comes later, when the pump does not listen any more.
      if (written === WriteResult.CLOSED) this.signal(StreamSignal.CLOSED);
      if (written === WriteResult.FULL) {
        const room = new NativePromise((resolve) => {
          this.#room = () => resolve(undefined);
        });
        await this.#until(room);
      }
    }
    return false;
  }

  /**
   * Waits for a value that may be a promise, but no longer than for the client to leave.
   *
   * @template T
   * @param {T} value
   * @returns {Promise<{ value: Awaited<T> } | undefined>}
   */
  #until(value) {
    return new NativePromise((resolve, reject) => {
      this.#leave = () => resolve(undefined);
      settleValue(value, (settled) => resolve({ value: settled }), reject);
    });
  }
}

module.exports = { Pump };
