// @ts-check
'use strict';

const { Pump } = require('../streams/pump');
const { StreamSignal, WriteResult } = require('../wire');

/**
 * Writes a stream through Node's response, as fast as its client reads. Unlike `pipe`, it cancels the source of the
 * chunks when the client leaves, and cuts the connection when the chunks fail.
 *
 * @param {import('node:http').ServerResponse} res its head is set
 * @param {import('../streams/response').StreamingResponse} streamed
 * @returns {Promise<'complete' | 'client-left'>} rejects if the chunks fail
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
