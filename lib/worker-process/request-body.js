// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { BodySource, brokenOff } = require('../streams/body');
const { Upload } = require('../streams/upload');
const { BodyState } = require('../wire');
const { WINDOW_BYTES, ofBody } = require('./messages');

/** Credit is given each time that this many bytes have been read. */
const CREDIT_BYTES = WINDOW_BYTES / 2;

/** The code of a body that ended early because its client left. */
const CLIENT_LEFT = 'ECONNRESET';

/**
 * The body of a request, or a file in it, as it arrives. The server sends only as much as it has credit for, so unread
 * bytes stay at the client.
 */
class RequestBody {
  #id;
  #file;
  #output;
  #onClientLeft;
  /** @type {Buffer[]} */
  #chunks = [];
  #read = 0;
  /** Whether no further chunks are expected. */
  #ended = false;
  /** @type {{ code: string, message: string } | undefined} */
  #error;
  /** @type {BodySource | undefined} */
  #source;

  /**
   * @param {number} id of the call
   * @param {string | undefined} file
   * @param {import('./output').Output} output
   * @param {() => void} onClientLeft
   */
  constructor(id, file, output, onClientLeft) {
    this.#id = id;
    this.#file = file;
    this.#output = output;
    this.#onClientLeft = onClientLeft;
  }

  /**
   * Returns the bytes as a stream.
   *
   * @param {import('../streams/body').Hooks} [hooks]
   */
  open(hooks = {}) {
    const target = { readBody: () => this.#next(), closeBody: () => this.#close() };
    const whyBroken = () => this.#whyBroken();
    this.#source = new BodySource(target, this.#id, () => {}, { ...hooks, whyBroken });
    return new Upload(this.#source);
  }

  /** @param {Buffer} bytes */
  push(bytes) {
    this.#chunks.push(bytes);
    this.#source?.onReadable();
  }

  /** @param {{ code: string, message: string }} [error] why it ended early */
  end(error) {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#source?.onReadable();
  }

  /** Ends the body with its call: bytes that have arrived can still be read. */
  cut() {
    if (this.#source === undefined) this.#chunks = [];
    this.end({ code: CLIENT_LEFT, message: 'The call has ended' });
  }

  #next() {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#read += chunk.length;
      if (this.#read >= CREDIT_BYTES && !this.#ended) {
        this.#output.add(ofBody('credit', this.#id, this.#file, this.#read));
        this.#read = 0;
      }
      return chunk;
    }
    if (!this.#ended) return BodyState.PENDING;
    return this.#error === undefined ? BodyState.END : BodyState.BROKEN;
  }

  #close() {
    this.#chunks = [];
    if (this.#ended) return;
    this.#ended = true;
    this.#output.add(ofBody('skip', this.#id, this.#file));
  }

  #whyBroken() {
    const error = this.#error;
    if (error === undefined || error.code === CLIENT_LEFT) {
      // The signal aborts before the reader of the body gets its error.
      this.#onClientLeft();
      return brokenOff();
    }
    return clientFault(Object.assign(new Error(error.message), { code: error.code }));
  }
}

module.exports = { RequestBody };
