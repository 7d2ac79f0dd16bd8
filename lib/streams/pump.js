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
  #hasClientLeft = false;
  /** Ends the wait for room. @type {() => void} */
  #onWritable = () => {};
  /** Ends any wait. @type {() => void} */
  #stopWaiting = () => {};
  #onClientLeft;

  /**
   * @param {Pick<import('../../binding').NativeBridge, 'writeStream' | 'endStream'>} native
   * @param {number} number
   * @param {import('./response').StreamingResponse} response
   * @param {() => void} onClientLeft
   */
  constructor(native, number, response, onClientLeft) {
    this.#native = native;
    this.#number = number;
    this.#response = response;
    this.#onClientLeft = onClientLeft;
  }

  /**
   * Writes all chunks. Resolves when the response is complete or its client has left; rejects if the chunks fail.
   *
   * @returns {Promise<'complete' | 'client-left'>}
   */
  async run() {
    const { chunks } = this.#response;
    let isComplete = false;
    try {
      isComplete = await this.#write();
      return isComplete ? 'complete' : 'client-left';
    } catch (error) {
      if (this.#hasClientLeft) return 'client-left';
      throw error;
    } finally {
      this.#native.endStream(this.#number, isComplete);
      if (!isComplete) cancel(chunks);
    }
  }

  /** @param {number} signal */
  signal(signal) {
    if (signal === StreamSignal.WRITABLE) {
      this.#onWritable();
    } else if (!this.#hasClientLeft) {
      this.#hasClientLeft = true;
      // Without waiting for the next chunk, which may never come.
      this.#onClientLeft();
      this.#stopWaiting();
    }
  }

  async #write() {
    const { chunks, encode, status } = this.#response;
    // A 204 or 304 has no body, so that its content-length is not compared.
    const length = status === 204 || status === 304 ? undefined : this.#response.length;
    let sent = 0;
    while (!this.#hasClientLeft) {
      const chunk = await this.#until(chunks.next());
      if (this.#hasClientLeft || chunk === undefined) return false;
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
      // The record of it arrives after the pump has stopped listening.
      if (written === WriteResult.CLOSED) this.signal(StreamSignal.CLOSED);
      if (written === WriteResult.FULL) {
        const writable = new NativePromise((resolve) => {
          this.#onWritable = () => resolve(undefined);
        });
        await this.#until(writable);
      }
    }
    return false;
  }

  /**
   * Waits for a value that may be a promise, or until the client leaves.
   *
   * @template T
   * @param {T} value
   * @returns {Promise<{ value: Awaited<T> } | undefined>}
   */
  #until(value) {
    return new NativePromise((resolve, reject) => {
      this.#stopWaiting = () => resolve(undefined);
      settleValue(value, (settled) => resolve({ value: settled }), reject);
    });
  }
}

module.exports = { Pump };
