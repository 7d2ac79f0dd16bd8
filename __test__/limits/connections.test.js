// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { errorText, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const PING = requestText({ path: '/__runner/task/ping' });

/**
 * @param {import('node:test').TestContext} t
 * @param {number} port
 */
async function connectAndPing(t, port) {
  const client = await connect(t, port);
  await client.write(PING);
  return { client, response: await client.response() };
}

/**
 * @param {{ client: import('../helpers/raw.js').RawClient, response: any }} refused
 */
async function assertOverloaded({ client, response }) {
  assert.equal(response.status, 503);
  assert.equal(response.body, errorText('Service Unavailable', 'OVERLOADED'));
  assert.equal(response.headers['retry-after'], '1');
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
}

for (const ioThreads of [1, 2]) {
  test(`a connection over maxConnections is 503 OVERLOADED and closed, with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await startProbed(t, { ioThreads, limits: { maxConnections: 3 } });
    const held = [];
    for (let i = 0; i < 3; i += 1) {
      const one = await connectAndPing(t, port);
      assert.equal(one.response.status, 200);
      held.push(one.client);
    }
    for (let i = 0; i < 5; i += 1) await assertOverloaded(await connectAndPing(t, port));
    for (const client of held) {
      await client.write(PING);
      assert.equal((await client.response()).status, 200);
    }
  });

  test(`after a connection leaves the next one is served, with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await startProbed(t, { ioThreads, limits: { maxConnections: 1 } });
    for (let i = 0; i < 5; i += 1) {
      /** @type {import('../helpers/raw.js').RawClient | undefined} */
      let served;
      await eventually(t, async () => {
        const { client, response } = await connectAndPing(t, port);
        if (response.status === 200) served = client;
        return served !== undefined;
      });
      await assertOverloaded(await connectAndPing(t, port));
      if (i % 2) served?.reset();
      else served?.destroy();
    }
  });
}

test('connections that were refused do not count', async (t) => {
  const { port } = await startProbed(t, { limits: { maxConnections: 1 } });
  const first = await connectAndPing(t, port);
  for (let i = 0; i < 50; i += 1) await assertOverloaded(await connectAndPing(t, port));
  first.client.destroy();
  await eventually(t, async () => (await connectAndPing(t, port)).response.status === 200);
});
