// @ts-check
'use strict';

/** The pace of a slow client: well below every timeout that a test sets, so that only the sum can trip it. */
const PACE_MS = 20;

/**
 * A client that sends one byte at a time until the server closes the connection.
 *
 * @param {{ after: (fn: () => void) => void }} t
 * @param {import('./raw.js').RawClient} client
 * @param {string} start sent at once
 * @param {string} byte sent again and again
 */
function drip(t, client, start, byte) {
  client.write(start);
  const timer = setInterval(() => {
    if (client.ended) clearInterval(timer);
    else client.write(byte);
  }, PACE_MS);
  t.after(() => clearInterval(timer));
}

/**
 * Sends pieces at the pace of a slow client, for at least this long.
 *
 * @param {import('./raw.js').RawClient} client
 * @param {string} piece
 * @param {number} ms
 * @returns {Promise<number>} the longest pause between two pieces, in milliseconds
 */
async function dripFor(client, piece, ms) {
  const start = performance.now();
  let last = start;
  let longest = 0;
  while (last - start < ms) {
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    await client.write(piece);
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}

module.exports = { drip, dripFor };
