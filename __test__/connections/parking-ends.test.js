// @ts-check
'use strict';

// What can happen to connections while they are parked. Clients cannot observe parking, so the tests leave connections
// idle for longer than it takes. No pause in this file waits for a result.

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { PARKED_MS, assertClean, echo, parked, roundTrip } = require('../helpers/parked.js');
const { openFiles } = require('../helpers/resources.js');
const { pause } = require('../helpers/traffic.js');

test('close ends parked connections cleanly, and at once', async (t) => {
  const { server, clients } = await parked(t);
  // Longer than the test may take: it is not the timeout that ends them.
  await server.close({ timeoutMs: 600_000 });
  await assertClean(clients);
});

test('a request that wakes a connection just before close is answered or not begun, never cut', async (t) => {
  const { server, clients } = await parked(t);
  const responses = clients.map(async (client, i) => {
    await client.write(echo(i));
    const response = await client.response().catch(() => undefined);
    if (response) assert.equal(response.body, `{"ok":true,"result":${i}}`);
    else assert.equal(client.unread().length, 0);
    // Or the server would wait for a second, so that the response is not overtaken by a reset.
    client.end();
  });
  await server.close({ timeoutMs: 600_000 });
  await Promise.all(responses);
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
