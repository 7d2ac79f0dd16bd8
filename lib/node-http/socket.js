// @ts-check
'use strict';

const { connectionReset } = require('./errors');
const { NetSocket } = require('./net-socket');
const { lengthMismatch } = require('../streams/headers');
const { WriteResult } = require('../wire');

/** Chunks that are queued are joined up to this size. */
const MAX_JOINED_BYTES = 64 * 1024;

// Taken from the module: fake timers of an application's tests must not change when a socket closes.
const { setImmediate } = require('node:timers');

/**
 * @typedef {object} Head of a response
 * @property {number} status
 * @property {string} reason phrase, in Latin-1
 * @property {[name: string, value: string][]} headers names in lower case, values in Latin-1
 * @property {boolean} close whether the connection ends with the response
 * @property {number} [length] the content-length, in bytes
 *
 * @typedef {object} Writer where the bytes of a response go
 * @property {(bytes: Uint8Array) => number} write returns a `WriteResult`
 * @property {(complete: boolean) => void} end
 * @property {() => void} onWritable set by its user; called when there is room after a `WriteResult.FULL`
 * @property {() => void} onClosed set by its user; called when the client has left
 */

/** @type {Writer} */
const NOWHERE = { write: () => 0, end: () => {}, onWritable: () => {}, onClosed: () => {} };

/**
 * `req.socket` and `res.socket`: the part of a connection that one call may see. The real connection belongs to the
 * server and may carry other calls; this socket lives as long as its call. What is written to it is the body of the
 * response. If it is destroyed before that is complete, the real connection is closed.
 */
class CallSocket extends NetSocket {
  #open;
  #onMismatch;
  /** @type {number | undefined} */
  #length;
  /** @type {Writer | undefined} */
  #writer;
  #isEnded = false;
  /** The callback of a write that waits for room. @type {((error?: Error | null) => void) | undefined} */
  #pendingWrite;
  /** Read by Node before it emits 'finish' on a response. */
  _hadError = false;

  /**
   * @param {import('./net-socket').Ends} ends of the connection
   * @param {(head: Head) => Writer} open opens the response
   * @param {(error: Error) => void} onMismatch called if a complete body is not as long as its head says
   */
  constructor(ends, open, onMismatch) {
    super(ends);
    this.#open = open;
    this.#onMismatch = onMismatch;
  }

  /** Whether the response has begun. */
  get hasBegun() {
    return this.#writer !== undefined;
  }

  /**
   * Begins the response, once.
   *
   * @param {Head} head
   * @param {number} [length] of its body in bytes, if known
   */
  begin(head, length) {
    if (this.#writer !== undefined || this.destroyed) return;
    this.#length = length;
    const writer = this.#open(head);
    this.#writer = writer;
    writer.onWritable = () => this.#resumeWrite();
    writer.onClosed = () => this.destroy();
  }

  /** Ends without a response: the client has left, and the connection with it. */
  leave() {
    this._hadError = true;
    this.#end(false);
    this.destroy();
  }

  /** Drops what is written from here on, since the response is sent by another way. */
  bypass() {
    this.#writer = NOWHERE;
  }

  /** Ends the response, if all of it has been written. */
  complete() {
    if (this.writableLength === 0) this.#end(true);
  }

  /** @override */
  _read() {}

  /**
   * @override
   * @param {Buffer} chunk
   * @param {string} _encoding
   * @param {(error?: Error | null) => void} callback
   */
  _write(chunk, _encoding, callback) {
    const written = this.#send(chunk);
    if (written === WriteResult.CLOSED) callback(connectionReset());
    else if (written === WriteResult.FULL) this.#pendingWrite = callback;
    else callback();
  }

  /**
   * @override
   * @param {{ chunk: Buffer }[]} queued
   * @param {(error?: Error | null) => void} callback
   */
  _writev(queued, callback) {
    this.#writeChunks(queued, 0, callback);
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} callback
   */
  _final(callback) {
    callback();
    // A response that is not complete by then is cut.
    process.nextTick(() => this.destroy());
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    if (!this.#isEnded) {
      this._hadError = true;
      // The core closes a connection by cutting a response, so one that has not begun is opened first.
      this.#writer ??= this.#open({ status: 500, reason: '', headers: [], close: true });
      this.#end(false);
    }
    const pending = this.#pendingWrite;
    this.#pendingWrite = undefined;
    pending?.(error ?? connectionReset());
    super._destroy(error, callback);
    // In a later turn, as for a real connection; listeners rely on it.
    if (this._hadError) setImmediate(emitClose, this, error !== null);
    else process.nextTick(emitClose, this, false);
  }

  /** @param {boolean} complete */
  #end(complete) {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const length = this.#length;
    if (complete && length !== undefined && length !== this.bytesWritten) {
      this.#onMismatch(lengthMismatch(this.bytesWritten, length));
    }
    this.#writer?.end(complete);
  }

  /**
   * @param {{ chunk: Buffer }[]} queued
   * @param {number} from
   * @param {(error?: Error | null) => void} callback
   */
  #writeChunks(queued, from, callback) {
    for (let at = from; at < queued.length; ) {
      const first = at;
      let length = 0;
      do length += queued[at++].chunk.length;
      while (at < queued.length && length + queued[at].chunk.length <= MAX_JOINED_BYTES);
      const chunks = queued.slice(first, at).map(({ chunk }) => chunk);
      const written = this.#send(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
      if (written === WriteResult.CLOSED) {
        callback(connectionReset());
        return;
      }
      if (written === WriteResult.FULL) {
        const rest = at;
        this.#pendingWrite = (error) => {
          if (error) callback(error);
          else this.#writeChunks(queued, rest, callback);
        };
        return;
      }
    }
    callback();
  }

  /** @param {Buffer} bytes */
  #send(bytes) {
    this.touch();
    if (bytes.length === 0) return WriteResult.OPEN;
    this.bytesWritten += bytes.length;
    return this.#writer === undefined ? WriteResult.CLOSED : this.#writer.write(bytes);
  }

  #resumeWrite() {
    this.touch();
    const pending = this.#pendingWrite;
    this.#pendingWrite = undefined;
    pending?.();
  }
}

/**
 * @param {CallSocket} socket
 * @param {boolean} failed
 */
function emitClose(socket, failed) {
  socket.emit('close', failed);
}

module.exports = { CallSocket };
