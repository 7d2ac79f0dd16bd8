// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startBlockable } = require('../helpers/blockable.js');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { connect } = require('../helpers/raw.js');

const TOKEN = { 'x-runner-token': 'good' };

/** @type {Record<string, { status: number, request: Omit<import('../helpers/http.js').CallOptions, 'port'> }>} */
const withoutJavaScript = {
  'a wrong token': {
    status: 401,
    request: { path: '/__runner/task/ping', headers: { 'x-runner-token': 'bad' } },
  },
  'no token': { status: 401, request: { path: '/__runner/task/ping' } },
  'an id outside the allow-list': { status: 403, request: { path: '/__runner/task/hidden', headers: TOKEN } },
  'an id that is not registered': { status: 404, request: { path: '/__runner/task/none', headers: TOKEN } },
  'no route': { status: 404, request: { path: '/__runner/nothing', headers: TOKEN } },
  'a path outside the base': { status: 404, request: { path: '/elsewhere', headers: TOKEN } },
  'a wrong method': { status: 405, request: { method: 'PUT', path: '/__runner/task/ping', headers: TOKEN } },
  'malformed JSON': { status: 400, request: { path: '/__runner/task/ping', headers: TOKEN, body: '{' } },
  'a body over the limit': {
    status: 413,
    request: { path: '/__runner/task/ping', headers: TOKEN, body: JSON.stringify('x'.repeat(2000)) },
  },
  discovery: { status: 200, request: { method: 'GET', path: '/__runner/discovery', headers: TOKEN } },
  'a preflight': {
    status: 204,
    request: { method: 'OPTIONS', path: '/__runner/task/ping', headers: { origin: 'http://here' } },
  },
};

/** @param {import('node:test').TestContext} t */
const startStrict = (t) =>
  startBlockable(t, {
    auth: { token: 'good' },
    allowList: { tasks: ['block', 'count', 'ping', 'none'] },
    limits: { maxJsonBytes: 1000 },
  });

for (const [what, { status, request }] of Object.entries(withoutJavaScript)) {
  test(`${what} is answered with ${status} while a handler blocks the thread`, async (t) => {
    const server = await startStrict(t);
    const { response } = await server.block();
    const agent = keepAliveAgent(t);
    for (let i = 0; i < 5; i += 1)
      assert.equal((await call({ port: server.port, agent, ...request })).status, status);
    server.release();
    assert.equal((await response).status, 200);
  });
}

test('malformed HTTP is refused while a handler blocks the thread', async (t) => {
  const server = await startStrict(t);
  const { response } = await server.block();
  const client = await connect(t, server.port);
  await client.write('GARBAGE\r\n\r\n');
  assert.equal((await client.response()).status, 400);
  server.release();
  assert.equal((await response).status, 200);
});

test('a thousand requests without JavaScript are answered while a handler blocks the thread', async (t) => {
  const server = await startStrict(t);
  const { response } = await server.block();
  const agent = keepAliveAgent(t, 16);
  const kinds = Object.values(withoutJavaScript);
  const calls = Array.from({ length: 1000 }, async (_, i) => {
    const { status, request } = kinds[i % kinds.length];
    assert.equal((await call({ port: server.port, agent, ...request })).status, status);
  });
  await Promise.all(calls);
  server.release();
  assert.equal((await response).status, 200);
});

test('calls that came while the thread was blocked are all answered after', async (t) => {
  const server = await startStrict(t);
  const { response } = await server.block();
  const calls = Array.from({ length: 500 }, () =>
    callTask(server.port, 'count', undefined, { headers: TOKEN }),
  );
  // A request behind them has been answered, so the I/O thread is at work on them.
  assert.equal((await call({ port: server.port, path: '/__runner/task/none', headers: TOKEN })).status, 404);
  assert.equal(server.runs(), 0);
  server.release();
  assert.equal((await response).json.result, 'released');
  const results = (await Promise.all(calls)).map((each) => each.json.result);
  results.sort((a, b) => a - b);
  assert.deepEqual(
    results,
    Array.from({ length: 500 }, (_, i) => i + 1),
  );
});

test('another server in the process is not blocked by it', async (t) => {
  const blocked = await startBlockable(t);
  const free = await startBlockable(t);
  const { response } = await blocked.block();
  for (let i = 0; i < 20; i += 1) assert.equal((await callTask(free.port, 'ping')).json.result, 'pong');
  blocked.release();
  assert.equal((await response).status, 200);
});
