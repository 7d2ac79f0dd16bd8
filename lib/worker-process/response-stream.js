// @ts-check
'use strict';

const { StreamSignal, WriteResult } = require('../wire');
const { Pump } = require('../streams/pump');
const { MAX_CHUNK_BYTES, WINDOW_BYTES, chunk, streamEnd } = require('./messages');

/** Sends the chunks of a streaming response, as the credit of the server allows. */
class ResponseStream {
  #id;
  #output;
  #pump;
  #window = WINDOW_BYTES;
  #closed = false;

  /**
   * @param {number} id of the call
   * @param {import('./output').Output} output
   * @param {import('../streams/response').StreamingResponse} response
   * @param {() => void} onClientLeft
   */
  constructor(id, output, response, onClientLeft) {
    this.#id = id;
    this.#output = output;
    const target = {
      writeStream: (/** @type {number} */ _id, /** @type {Uint8Array} */ bytes) => this.#write(bytes),
      endStream: (/** @type {number} */ _id, /** @type {boolean} */ complete) => this.#end(complete),
    };
    this.#pump = new Pump(target, id, response, onClientLeft);
  }

  /** Sends all chunks. Resolves when the response is complete or its client has left; rejects if the chunks fail. */
  run() {
    return this.#pump.run();
  }

  /** @param {number} bytes that may be sent in addition */
  credit(bytes) {
    const wasFull = this.#window <= 0;
    this.#window += bytes;
    if (wasFull && this.#window > 0) this.#pump.signal(StreamSignal.WRITABLE);
  }

  /** Stops: the client has left. */
  close() {
    this.#closed = true;
    this.#pump.signal(StreamSignal.CLOSED);
  }

  /** @param {Uint8Array} bytes */
  #write(bytes) {
    if (this.#closed) return WriteResult.CLOSED;
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
      this.#output.add(chunk(this.#id, bytes.subarray(at, at + MAX_CHUNK_BYTES)));
    }
    this.#window -= bytes.length;
    return this.#window > 0 ? WriteResult.OPEN : WriteResult.FULL;
  }

  /** @param {boolean} complete otherwise the call ends with an error, unless the client has left */
  #end(complete) {
    if (complete || this.#closed) this.#output.add(streamEnd(this.#id));
  }
}

module.exports = { ResponseStream };
