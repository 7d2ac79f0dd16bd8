// @ts-check
'use strict';

const { Pump } = require('../streams/pump');

/** What a stream of the core says of a chunk, and what is said of it (`lib/streams/pump.js`). */
const WRITTEN = { OPEN: 0, FULL: 1, GONE: 2 };
const SIGNAL = { ROOM: 0, GONE: 1 };

/**
 * Writes a streamed answer through a response, as fast as its client reads: as `pipe`, but whoever makes the chunks
 * learns that the client has left, and chunks that break off cut the connection.
 *
 * @param {import('node:http').ServerResponse} res its head is set
 * @param {import('../streams/answer').StreamedAnswer} answer
 * @returns {Promise<'complete' | 'gone'>} rejects when the chunks break off
 */
function pumpInto(res, answer) {
  const stream = /** @type {any} */ ({
    writeStream: (/** @type {number} */ _number, /** @type {Uint8Array} */ bytes) => {
      if (res.destroyed) return WRITTEN.GONE;
      return res.write(bytes) ? WRITTEN.OPEN : WRITTEN.FULL;
    },
    endStream: (/** @type {number} */ _number, /** @type {boolean} */ complete) => {
      if (complete) res.end();
      else res.destroy();
    },
  });
  const pump = new Pump(stream, 0, answer, () => {});
  res.on('drain', () => pump.signal(SIGNAL.ROOM));
  res.on('close', () => pump.signal(SIGNAL.GONE));
  if (res.destroyed) pump.signal(SIGNAL.GONE);
  return pump.run();
}

module.exports = { pumpInto };
