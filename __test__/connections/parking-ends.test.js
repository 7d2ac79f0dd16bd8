// @ts-check
'use strict';

// What can happen to connections while they are parked. That they are is no event that a client can see: they are
// left alone for longer than it takes. No pause in this file waits for a result.

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { connect, requestText } = require('../helpers/raw.js');
const { openFiles } = require('../helpers/resources.js');
const { startServer } = require('../helpers/server.js');
const { pause } = require('../helpers/traffic.js');

const PARKED_MS = 60;
const CONNECTIONS = 100;
const MANY = 2000;
/** How many connect at a time: a listener's queue is short on some systems. */
const TOGETHER = 100;

const echo = (/** @type {unknown} */ input) =>
  requestText({ path: '/__runner/task/echo', body: JSON.stringify({ input }) });

/**
 * Sends a number, and gets it back.
 *
 * @param {import('../helpers/raw.js').RawClient} client
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
  const { server, port } = await startServer(t, { ioThreads }, (made) =>
    made.registerTask('echo', (input) => input),
  );
  const before = openFiles();
  /** @type {import('../helpers/raw.js').RawClient[]} */
  const clients = [];
  while (clients.length < count) {
    clients.push(...(await Promise.all(Array.from({ length: TOGETHER }, () => connect(t, port)))));
  }
  await Promise.all(clients.map((client, i) => roundTrip(client, i, tail)));
  await pause(PARKED_MS);
  return { server, clients, before };
}

/** @param {import('../helpers/raw.js').RawClient[]} clients */
async function assertClean(clients) {
  for (const client of clients) assert.deepEqual(await client.closed(), { text: '', error: undefined });
}

test('close ends parked connections cleanly, and at once', async (t) => {
  const { server, clients } = await parked(t);
  // Longer than the test may take: it is not the timeout that ends them.
  await server.close({ timeoutMs: 600_000 });
  await assertClean(clients);
});

test('a request that wakes a connection just before close is answered or not begun, never cut', async (t) => {
  const { server, clients } = await parked(t);
  const answers = clients.map(async (client, i) => {
    await client.write(echo(i));
    const answer = await client.response().catch(() => undefined);
    if (answer) assert.equal(answer.body, `{"ok":true,"result":${i}}`);
    else assert.equal(client.unread().length, 0);
    // Or the server would wait for a second, so that the answer is not overtaken by a reset.
    client.end();
  });
  await server.close({ timeoutMs: 600_000 });
  await Promise.all(answers);
});

for (const leave of /** @type {const} */ (['end', 'destroy', 'reset'])) {
  test(`parked connections that their clients leave by ${leave} leave no file behind`, async (t) => {
    const { clients, before } = await parked(t);
    for (const client of clients) client[leave]();
    if (leave === 'end') await assertClean(clients);
    await eventually(t, () => openFiles() <= before);
  });

  test(`connections parked within a head that their clients leave by ${leave} leave no file behind`, async (t) => {
    const { clients, before } = await parked(t, { tail: echo(1).slice(0, 30) });
    for (const client of clients) client[leave]();
    if (leave === 'end') await assertClean(clients);
    await eventually(t, () => openFiles() <= before);
  });
}

test('connections parked within a head go on with it, and are parked again', async (t) => {
  const tail = echo(7);
  const { clients } = await parked(t, { tail: tail.slice(0, 30) });
  const goOn = async (/** @type {import('../helpers/raw.js').RawClient} */ client) => {
    for (const byte of tail.slice(30, 33)) {
      client.write(byte);
      await pause(PARKED_MS);
    }
    client.write(tail.slice(33));
    assert.equal((await client.response()).json.result, 7);
    await pause(PARKED_MS);
    await roundTrip(client, 8);
    client.end();
  };
  await Promise.all(clients.map(goOn));
  await assertClean(clients);
});

for (const ioThreads of [1, 3]) {
  test(`2,000 parked connections are woken at once, three times, with ${ioThreads} I/O threads`, async (t) => {
    const { clients, before } = await parked(t, { count: MANY, ioThreads });
    for (let round = 1; round <= 3; round += 1) {
      await Promise.all(clients.map((client, i) => roundTrip(client, round * MANY + i)));
      await pause(PARKED_MS);
    }
    for (const client of clients) client.end();
    await assertClean(clients);
    await eventually(t, () => openFiles() <= before);
  });
}
