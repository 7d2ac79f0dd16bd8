// @ts-check
'use strict';

const { Readable } = require('node:stream');

/**
 * The bytes of a transfer: one chunk, repeated. All parts of the chunk differ, so that lost, doubled or misplaced bytes
 * are noticed.
 */
const CHUNK = makeChunk(64 * 1024);

/** @param {number} length */
function makeChunk(length) {
  const chunk = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    chunk[at] = state >>> 16;
  }
  return chunk;
}

/**
 * Made as they are asked for.
 * @param {number} bytes a multiple of the chunk's
 */
function makeBytes(bytes) {
  let left = bytes;
  return new Readable({
    read() {
      this.push(left > 0 ? CHUNK : null);
      left -= CHUNK.length;
    },
  });
}

/** @param {AsyncIterable<Uint8Array>} stream */
async function countBytes(stream) {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

/** Takes bytes piece by piece, and throws at the first that is not the one that was sent. */
class PayloadChecker {
  bytes = 0;

  /** @param {Buffer} piece */
  take(piece) {
    for (let at = 0; at < piece.length; ) {
      const from = this.bytes % CHUNK.length;
      const length = Math.min(piece.length - at, CHUNK.length - from);
      if (CHUNK.compare(piece, at, at + length, from, from + length) !== 0)
        throw new Error(`Wrong bytes after ${this.bytes} right ones.`);
      at += length;
      this.bytes += length;
    }
  }
}

module.exports = { CHUNK, PayloadChecker, countBytes, makeBytes };
