// @ts-check
'use strict';

const { connectionReset } = require('./errors');
const { NetSocket } = require('./net-socket');
const { lengthMismatch } = require('../streams/headers');
const { WriteResult } = require('../wire');

/** Pieces that were written one by one go on together up to this size. */
const MAX_JOINED_BYTES = 64 * 1024;

/** An application that replaces its timers later does not change when a socket closes. */
const { setImmediate } = require('node:timers');

/**
 * @typedef {object} Head of a response
 * @property {number} status
 * @property {string} reason the phrase behind it, every character of which is a byte
 * @property {[name: string, value: string][]} headers every character of a value is a byte
 * @property {boolean} close whether the connection ends with the response
 * @property {number} [length] what it says of the length of the body, in bytes
 *
 * @typedef {object} Writer where the bytes of a response go
 * @property {(bytes: Uint8Array) => number} write 0: go on; 1: wait for room; 2: the client has left
 * @property {(complete: boolean) => void} end
 * @property {() => void} onRoom set by the user of the writer
 * @property {() => void} onGone set by the user of the writer; called when the client has left
 */

/** @type {Writer} */
const NOWHERE = { write: () => 0, end: () => {}, onRoom: () => {}, onGone: () => {} };

/**
 * What `req.socket` and `res.socket` are: as much of a connection as one call may see of it. The real one may be
 * shared with other calls, and belongs to the server; this one lives as long as its call. Its bytes are the body of
 * the response. Destroyed before that is complete, it takes the real connection with it.
 */
class CallSocket extends NetSocket {
  #open;
  #onMismatch;
  /** @type {number | undefined} */
  #length;
  /** @type {Writer | undefined} */
  #writer;
  #ended = false;
  /** @type {((error?: Error | null) => void) | undefined} of a write that waits for room */
  #room;
  /** Node asks before it says that a response is finished. */
  _hadError = false;

  /**
   * @param {import('./net-socket').Ends} ends of the connection
   * @param {(head: Head) => Writer} open opens the response
   * @param {(error: Error) => void} onMismatch the body is complete, and not as long as its head says
   */
  constructor(ends, open, onMismatch) {
    super(ends);
    this.#open = open;
    this.#onMismatch = onMismatch;
  }

  /** Whether the response has begun. */
  get begun() {
    return this.#writer !== undefined;
  }

  /**
   * Begins the response, once.
   *
   * @param {Head} head
   * @param {number} [length] of its body in bytes, where that is known
   */
  begin(head, length) {
    if (this.#writer !== undefined || this.destroyed) return;
    this.#length = length;
    const writer = this.#open(head);
    this.#writer = writer;
    writer.onRoom = () => this.#continue();
    writer.onGone = () => this.destroy();
  }

  /** The client has left: there is no response to send, and no connection to cut. */
  leave() {
    this._hadError = true;
    this.#end(false);
    this.destroy();
  }

  /** The response goes out by another way: what is written from here on is dropped. */
  bypass() {
    this.#writer = NOWHERE;
  }

  /** The response is complete, if all of it was taken. */
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
    const written = this.#give(chunk);
    if (written === WriteResult.CLOSED) callback(connectionReset());
    else if (written === WriteResult.FULL) this.#room = callback;
    else callback();
  }

  /**
   * @override
   * @param {{ chunk: Buffer }[]} pieces
   * @param {(error?: Error | null) => void} callback
   */
  _writev(pieces, callback) {
    this.#writePieces(pieces, 0, callback);
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} callback
   */
  _final(callback) {
    callback();
    // As far as it got: what is not complete is cut.
    process.nextTick(() => this.destroy());
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    if (!this.#ended) {
      this._hadError = true;
      // Cut before it began: there is no response to break off, so one is begun for it.
      this.#writer ??= this.#open({ status: 500, reason: '', headers: [], close: true });
      this.#end(false);
    }
    const room = this.#room;
    this.#room = undefined;
    room?.(error ?? connectionReset());
    super._destroy(error, callback);
    // As the system says that a connection is closed: in a later turn, which listeners count on.
    if (this._hadError) setImmediate(emitClose, this, error !== null);
    else process.nextTick(emitClose, this, false);
  }

  /** @param {boolean} complete */
  #end(complete) {
    if (this.#ended) return;
    this.#ended = true;
    const length = this.#length;
    if (complete && length !== undefined && length !== this.bytesWritten) {
      this.#onMismatch(lengthMismatch(this.bytesWritten, length));
    }
    this.#writer?.end(complete);
  }

  /**
   * @param {{ chunk: Buffer }[]} pieces
   * @param {number} from
   * @param {(error?: Error | null) => void} callback
   */
  #writePieces(pieces, from, callback) {
    for (let at = from; at < pieces.length; ) {
      const first = at;
      let length = 0;
      do length += pieces[at++].chunk.length;
      while (at < pieces.length && length + pieces[at].chunk.length <= MAX_JOINED_BYTES);
      const chunks = pieces.slice(first, at).map(({ chunk }) => chunk);
      const written = this.#give(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
      if (written === WriteResult.CLOSED) {
        callback(connectionReset());
        return;
      }
      if (written === WriteResult.FULL) {
        const rest = at;
        this.#room = (error) => {
          if (error) callback(error);
          else this.#writePieces(pieces, rest, callback);
        };
        return;
      }
    }
    callback();
  }

  /** @param {Buffer} bytes */
  #give(bytes) {
    this.touch();
    if (bytes.length === 0) return WriteResult.OPEN;
    this.bytesWritten += bytes.length;
    return this.#writer === undefined ? WriteResult.CLOSED : this.#writer.write(bytes);
  }

  #continue() {
    this.touch();
    const room = this.#room;
    this.#room = undefined;
    room?.();
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
