// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callTask, keepAliveAgent } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { SHORT_LINGER, makeServer, startServer } = require('../helpers/server.js');
const { aborted, deferred } = require('../helpers/signal.js');

/** Longer than a test may take: a close that resolves under it was not waiting for its deadline. */
const NEVER_MS = 2_147_483_647;

/**
 * A server with a task `wait` that returns when `finish` is called.
 *
 * @param {import('node:test').TestContext} t
 */
async function startWaiting(t) {
  const gate = deferred();
  /** @type {ReturnType<typeof deferred<AbortSignal>>} */
  const started = deferred();
  const { server, port } = await startServer(t, { limits: SHORT_LINGER }, (made) => {
    made.registerTask('wait', (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      started.resolve(context.signal);
      return gate.promise;
    });
  });
  return { server, port, started: started.promise, finish: () => gate.resolve() };
}

test('close before listen resolves, and the server is closed', async () => {
  const server = makeServer();
  await server.close();
  assert.equal(server.state, 'closed');
  await assert.rejects(async () => server.listen(), { code: 'STATE_INVALID' });
});

test('close is idempotent, one after the other and at the same time', async (t) => {
  const { server } = await startProbed(t);
  await Promise.all([server.close(), server.close(), server.close({ timeoutMs: 1 })]);
  assert.equal(server.state, 'closed');
  await server.close();
  assert.equal(server.state, 'closed');
});

test('every one of several concurrent closes resolves only when the server is closed', async (t) => {
  const { server, port, started, finish } = await startWaiting(t);
  const response = callTask(port, 'wait');
  await started;
  const first = server.close({ timeoutMs: NEVER_MS }).then(() => server.state);
  const second = server.close({ timeoutMs: NEVER_MS }).then(() => server.state);
  finish();
  assert.deepEqual(await Promise.all([first, second]), ['closed', 'closed']);
  assert.equal((await response).status, 200);
});

test('a later close with a shorter deadline cuts what the first one waits for', async (t) => {
  const { server, port, started } = await startWaiting(t);
  const response = assert.rejects(callTask(port, 'wait'));
  await started;
  const patient = server.close({ timeoutMs: NEVER_MS });
  await server.close({ timeoutMs: 1 });
  await patient;
  await response;
});

test('close while listen still runs leaves the server closed and both settled', async () => {
  const server = makeServer();
  const listening = server.listen();
  const closing = server.close();
  const [, closed] = await Promise.allSettled([listening, closing]);
  assert.equal(closed.status, 'fulfilled');
  assert.equal(server.state, 'closed');
  assert.equal(server.address(), null);
});

test('close completes the calls in flight with connection: close and refuses new connections', async (t) => {
  const { server, port, started, finish } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/wait' }));
  await started;
  const closing = server.close({ timeoutMs: NEVER_MS });
  assert.equal(server.state, 'closing');
  // Reset, when the system took the connection before the I/O thread closed the port.
  await assert.rejects(callTask(port, 'wait'), { code: /^ECONN(REFUSED|RESET)$/ });
  finish();
  const response = await client.response();
  assert.equal(response.status, 200);
  assert.equal(response.body, '{"ok":true}');
  assert.equal(response.headers.connection, 'close');
  assert.deepEqual(await client.closed(), { text: '', error: undefined });
  await closing;
});

test('close with a deadline cuts a handler that never settles: its client sees the end, its signal aborts', async (t) => {
  const { server, port, started } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/wait' }));
  const signal = await started;
  const reason = aborted(signal);
  await server.close({ timeoutMs: 1 });
  assert.equal(server.state, 'closed');
  assert.equal((await client.closed()).text, '');
  assert.equal(/** @type {Error} */ (await reason).name, 'AbortError');
});

test('a result that comes after its call was cut by close is dropped in silence', async (t) => {
  const { server, port, started, finish } = await startWaiting(t);
  const response = assert.rejects(callTask(port, 'wait'));
  await started;
  await server.close({ timeoutMs: 1 });
  await response;
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.state, 'closed');
});

test('close does not wait for idle keep-alive connections, and ends them', async (t) => {
  const { server, port } = await startProbed(t, { limits: SHORT_LINGER });
  const clients = [];
  for (let i = 0; i < 20; i += 1) {
    const client = await connect(t, port);
    await client.write(requestText({ path: '/__runner/task/ping' }));
    assert.equal((await client.response()).status, 200);
    clients.push(client);
  }
  await server.close({ timeoutMs: NEVER_MS });
  for (const client of clients) assert.equal((await client.closed()).text, '');
});

test('close does not wait for connections that never sent a byte, and ends them', async (t) => {
  const { server, port } = await startProbed(t, { limits: SHORT_LINGER });
  const client = await connect(t, port);
  await assertServes(port);
  await server.close({ timeoutMs: NEVER_MS });
  assert.equal((await client.closed()).text, '');
});

test('close does not wait for the rest of a body whose request has been answered', async (t) => {
  const limits = { ...SHORT_LINGER, maxJsonBytes: 10, bodyTimeoutMs: NEVER_MS, keepAliveTimeoutMs: NEVER_MS };
  const { server, port } = await startProbed(t, { limits });
  for (const [id, status] of /** @type {const} */ ([
    ['ping', 413],
    ['none', 404],
  ])) {
    const client = await connect(t, port);
    await client.write(
      `POST /__runner/task/${id} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{`,
    );
    assert.equal((await client.response()).status, status);
  }
  await server.close({ timeoutMs: NEVER_MS });
  assert.equal(server.state, 'closed');
});

test('close does not wait for clients that were told to leave and stay', async (t) => {
  const { server, port } = await startProbed(t, { limits: SHORT_LINGER });
  for (const text of ['GARBAGE\r\n\r\n', requestText({ path: '/', headers: { connection: 'close' } })]) {
    const client = await connect(t, port);
    await client.write(text);
    await client.response();
  }
  await server.close({ timeoutMs: NEVER_MS });
  assert.equal(server.state, 'closed');
});

test('close with a deadline cuts a request that is still being sent', async (t) => {
  const { server, port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write('POST /__runner/task/ping HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{');
  await assertServes(port);
  await server.close({ timeoutMs: 1 });
  await client.closed();
  assert.equal(server.state, 'closed');
});

test('a closed port refuses connections and is free for the next server', async (t) => {
  const { server, port } = await startProbed(t);
  const agent = keepAliveAgent(t);
  assert.equal((await callTask(port, 'ping', undefined, { agent })).status, 200);
  await server.close();
  await assert.rejects(callTask(port, 'ping'), { code: 'ECONNREFUSED' });
  const { port: again } = await startProbed(t, { port });
  assert.equal(again, port);
  await assertServes(port);
});

test('one port is listened on and closed fifty times in a row', async (t) => {
  const { server, port } = await startProbed(t);
  await server.close();
  for (let i = 0; i < 50; i += 1) {
    const next = makeServer({ port });
    next.registerTask('ping', () => 'pong');
    await next.listen();
    await assertServes(port);
    await next.close();
  }
});

test('close refuses a deadline that is not a number of milliseconds, and the server serves on', async (t) => {
  const { server, port } = await startProbed(t);
  for (const timeoutMs of [Number.NaN, -1, '5', 1.5, Number.POSITIVE_INFINITY, null]) {
    await assert.rejects(async () => server.close(/** @type {any} */ ({ timeoutMs })), {
      name: 'TypeError',
      code: 'CONFIG_INVALID',
    });
  }
  assert.equal(server.state, 'listening');
  await assertServes(port);
});

test('ids can be read in every state', async () => {
  const server = makeServer();
  server.registerTask('a', () => 1).registerEvent('b', () => {});
  assert.deepEqual([await server.getTaskIds(), await server.getEventIds()], [['a'], ['b']]);
  await server.listen();
  assert.deepEqual([await server.getTaskIds(), await server.getEventIds()], [['a'], ['b']]);
  await server.close();
  assert.ok(Array.isArray(await server.getTaskIds()));
});
