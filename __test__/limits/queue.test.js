// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startBlockable } = require('../helpers/blockable.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, errorText } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { collector } = require('../helpers/signal.js');

/**
 * @param {number} status
 * @param {{ status: number }[]} responses
 */
const withStatus = (status, responses) => responses.filter((response) => response.status === status);

for (const ioThreads of [1, 2]) {
  test(`calls over maxQueuedCalls are 503 while the thread is blocked, with ${ioThreads} I/O threads`, async (t) => {
    const server = await startBlockable(t, { ioThreads, limits: { maxQueuedCalls: 4 } });
    const { response } = await server.block();

    /** @type {ReturnType<typeof collector<import('../helpers/http.js').TestResponse>>} */
    const responses = collector();
    const calls = Array.from({ length: 12 }, () => callTask(server.port, 'count').then(responses.push));
    await responses.reach(8);
    for (const refused of responses.items) {
      assert.equal(refused.status, 503);
      assert.equal(refused.text, errorText('Service Unavailable', 'OVERLOADED'));
      assert.equal(refused.headers['retry-after'], '1');
    }
    assert.equal(server.runs(), 0);

    server.release();
    await Promise.all(calls);
    assert.equal((await response).json.result, 'released');
    assert.equal(withStatus(200, responses.items).length, 4);
    assert.equal(withStatus(503, responses.items).length, 8);
    assert.equal(server.runs(), 4);
    await assertServes(server.port);
  });
}

test('the queue is empty again after each of several floods', async (t) => {
  const server = await startBlockable(t, { limits: { maxQueuedCalls: 4 } });
  for (let round = 1; round <= 3; round += 1) {
    const { response } = await server.block();
    /** @type {ReturnType<typeof collector<import('../helpers/http.js').TestResponse>>} */
    const responses = collector();
    const calls = Array.from({ length: 6 }, () => callTask(server.port, 'count').then(responses.push));
    await responses.reach(2);
    server.release();
    await Promise.all([...calls, response]);
    assert.equal(withStatus(200, responses.items).length, 4);
    assert.equal(server.runs(), 4 * round);
  }
});

test('a connection whose call was refused for a full queue can be used again', async (t) => {
  const server = await startBlockable(t, { limits: { maxQueuedCalls: 1 } });
  const { response } = await server.block();
  const queued = callTask(server.port, 'count');
  const client = await connect(t, server.port);
  const other = callTask(server.port, 'count');
  // One of the two is in the queue when the other is refused.
  assert.equal((await Promise.race([queued, other])).status, 503);
  await client.write(requestText({ path: '/__runner/task/ping' }));
  assert.equal((await client.response()).status, 503);
  server.release();
  await Promise.all([response, queued, other]);
  await client.write(requestText({ path: '/__runner/task/ping' }));
  assert.equal((await client.response()).body, '{"ok":true,"result":"pong"}');
});
