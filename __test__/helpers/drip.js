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

module.exports = { drip };
