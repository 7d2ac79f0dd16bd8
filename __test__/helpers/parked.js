// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { connect, requestText } = require('./raw.js');
const { openFiles } = require('./resources.js');
const { SHORT_LINGER, startServer } = require('./server.js');
const { pause } = require('./traffic.js');

const PARKED_MS = 60;
const CONNECTIONS = 100;
/** How many connect at a time: a listener's queue is short on some systems. */
const TOGETHER = 100;

const echo = (/** @type {unknown} */ input) =>
  requestText({ path: '/__runner/task/echo', body: JSON.stringify({ input }) });

/**
 * Sends a number, and gets it back.
 *
 * @param {import('./raw.js').RawClient} client
 * @param {number} input
 * @param {string} [tail] sent right behind the request
 */
async function roundTrip(client, input, tail = '') {
  client.write(echo(input) + tail);
  assert.equal((await client.response()).body, `{"ok":true,"result":${input}}`);
}

/**
 * Connections that have been used once and are parked.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ count?: number, ioThreads?: number, tail?: string }} [plan] `tail`: sent behind the first request
 */
async function parked(t, { count = CONNECTIONS, ioThreads = 2, tail = '' } = {}) {
  const { server, port } = await startServer(t, { ioThreads, limits: SHORT_LINGER }, (made) =>
    made.registerTask('echo', (input) => input),
  );
  const before = openFiles();
  /** @type {import('./raw.js').RawClient[]} */
  const clients = [];
  while (clients.length < count) {
    clients.push(...(await Promise.all(Array.from({ length: TOGETHER }, () => connect(t, port)))));
  }
  await Promise.all(clients.map((client, i) => roundTrip(client, i, tail)));
  await pause(PARKED_MS);
  return { server, clients, before };
}

/** @param {import('./raw.js').RawClient[]} clients */
async function assertClean(clients) {
  for (const client of clients) assert.deepEqual(await client.closed(), { text: '', error: undefined });
}

module.exports = { PARKED_MS, assertClean, echo, parked, roundTrip };
