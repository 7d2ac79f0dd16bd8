// @ts-check
'use strict';

const { WriteResult } = require('../../lib/wire.js');

/**
 * A writer that keeps what it gets. With `held`, it is full after each write until `take`.
 *
 * @param {{ held?: boolean }} [options]
 */
function fakeWriter({ held = false } = {}) {
  return {
    /** @type {Buffer[]} */
    chunks: [],
    /** @type {boolean | undefined} whether it was complete at its end */
    complete: /** @type {boolean | undefined} */ (undefined),
    isWaiting: false,
    isClosed: false,
    onWritable: () => {},
    onClosed: () => {},
    /** @param {Uint8Array} bytes */
    write(bytes) {
      if (this.isClosed) return WriteResult.CLOSED;
      this.chunks.push(Buffer.from(bytes));
      this.isWaiting = held;
      return held ? WriteResult.FULL : WriteResult.OPEN;
    },
    /** @param {boolean} complete */
    end(complete) {
      this.complete = complete;
    },
    /** The client reads. */
    take() {
      this.isWaiting = false;
      this.onWritable();
    },
    /** The client leaves. */
    leave() {
      this.isClosed = true;
      this.onClosed();
    },
    get text() {
      return Buffer.concat(this.chunks).toString('latin1');
    },
  };
}

/**
 * A body with these chunks that then waits until `end` or `breakOff`.
 *
 * @param {(string | Buffer)[]} [chunks]
 */
function fakeSource(chunks = []) {
  const waiting = chunks.map((chunk) => Buffer.from(chunk));
  /** @type {'open' | 'ended' | 'broken'} */
  let state = 'open';
  /** @type {(() => void) | undefined} */
  let wake;
  const arrive = () => {
    const again = wake;
    wake = undefined;
    again?.();
  };
  return {
    closed: false,
    reads: 0,
    /** @param {() => void} again */
    next(again) {
      this.reads += 1;
      const chunk = waiting.shift();
      if (chunk !== undefined) return chunk;
      if (state === 'ended') return null;
      if (state === 'broken' || this.closed) throw Object.assign(new Error('broken'), { code: 'ECONNRESET' });
      wake = again;
      return undefined;
    },
    close() {
      this.closed = true;
    },
    /** @param {string | Buffer} chunk */
    push(chunk) {
      waiting.push(Buffer.from(chunk));
      arrive();
    },
    end() {
      state = 'ended';
      arrive();
      return this;
    },
    breakOff() {
      state = 'broken';
      arrive();
    },
  };
}

module.exports = { fakeSource, fakeWriter };
