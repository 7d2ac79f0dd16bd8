// @ts-check
'use strict';

const { Pump } = require('../streams/pump');
const { StreamSignal, WriteResult } = require('../wire');

/**
 * Writes a stream through Node's response, as fast as its client reads: as `pipe`, but the source of the chunks
 * learns that the client has left, and chunks that break off cut the connection.
 *
 * @param {import('node:http').ServerResponse} res its head is set
 * @param {import('../streams/response').StreamingResponse} streamed
 * @returns {Promise<'complete' | 'gone'>} rejects when the chunks break off
 */
function pumpInto(res, streamed) {
  const stream = /** @type {any} */ ({
    writeStream: (/** @type {number} */ _number, /** @type {Uint8Array} */ bytes) => {
      if (res.destroyed) return WriteResult.CLOSED;
      return res.write(bytes) ? WriteResult.OPEN : WriteResult.FULL;
    },
    endStream: (/** @type {number} */ _number, /** @type {boolean} */ complete) => {
      if (complete) res.end();
      else res.destroy();
    },
  });
  const pump = new Pump(stream, 0, streamed, () => {});
  res.on('drain', () => pump.signal(StreamSignal.WRITABLE));
  res.on('close', () => pump.signal(StreamSignal.CLOSED));
  if (res.destroyed) pump.signal(StreamSignal.CLOSED);
  return pump.run();
}

module.exports = { pumpInto };
