// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { drip } = require('../helpers/drip.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, errorText, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { deferred } = require('../helpers/signal.js');

const SHORT_MS = 150;
const LONG_MS = 2_147_483_647;
const PING = requestText({ path: '/__runner/task/ping' });
const HEAD = 'POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\n';
const TIMED_OUT = errorText('Request Timeout', 'REQUEST_TIMEOUT');

const only = {
  headers: { headersTimeoutMs: SHORT_MS, bodyTimeoutMs: LONG_MS, keepAliveTimeoutMs: LONG_MS },
  body: { headersTimeoutMs: LONG_MS, bodyTimeoutMs: SHORT_MS, keepAliveTimeoutMs: LONG_MS },
  idle: { headersTimeoutMs: LONG_MS, bodyTimeoutMs: LONG_MS, keepAliveTimeoutMs: SHORT_MS },
};

/** @param {import('../helpers/raw.js').RawClient} client */
async function assertHeadersTimedOut(client) {
  const response = await client.response();
  assert.equal(response.status, 408);
  assert.equal(response.body, '');
  assert.equal((await client.closed()).text, '');
}

/** @param {import('../helpers/raw.js').RawClient} client */
async function assertBodyTimedOut(client) {
  const response = await client.response();
  assert.equal(response.status, 408);
  assert.equal(response.body, TIMED_OUT);
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
}

test('headers that stop midway are 408 after headersTimeoutMs, and the connection is closed', async (t) => {
  const { port } = await startProbed(t, { limits: only.headers });
  const client = await connect(t, port);
  await client.write(`${HEAD}x-half`);
  await assertHeadersTimedOut(client);
  await assertServes(port);
});

test('headers that come one byte at a time are 408 after headersTimeoutMs', async (t) => {
  const { port } = await startProbed(t, { limits: only.headers });
  const client = await connect(t, port);
  drip(t, client, `${HEAD}x-slow: `, 's');
  await assertHeadersTimedOut(client);
  await assertServes(port);
});

test('the headers of a second request on a connection have the same timeout', async (t) => {
  const { port } = await startProbed(t, { limits: only.headers });
  const client = await connect(t, port);
  await client.write(PING);
  assert.equal((await client.response()).status, 200);
  drip(t, client, `${HEAD}x-slow: `, 's');
  await assertHeadersTimedOut(client);
  await assertServes(port);
});

test('a connection that never sends a byte is closed by the timeouts', async (t) => {
  const { port } = await startProbed(t, {
    limits: { headersTimeoutMs: SHORT_MS, keepAliveTimeoutMs: SHORT_MS },
  });
  const client = await connect(t, port);
  const { text } = await client.closed();
  assert.match(text, /^(HTTP\/1\.1 408 .*)?$/s);
  await assertServes(port);
});

test('a body that stops midway is 408 REQUEST_TIMEOUT after bodyTimeoutMs, and the connection is closed', async (t) => {
  const { port } = await startProbed(t, { limits: only.body });
  const client = await connect(t, port);
  await client.write(`${HEAD}content-length: 100\r\n\r\n{"input"`);
  await assertBodyTimedOut(client);
  await assertServes(port);
});

test('a body of which no byte comes is 408 REQUEST_TIMEOUT', async (t) => {
  const { port } = await startProbed(t, { limits: only.body });
  const client = await connect(t, port);
  await client.write(`${HEAD}content-length: 100\r\n\r\n`);
  await assertBodyTimedOut(client);
  await assertServes(port);
});

test('a body that comes one byte at a time is 408 REQUEST_TIMEOUT', async (t) => {
  const { port } = await startProbed(t, { limits: only.body });
  const client = await connect(t, port);
  drip(t, client, `${HEAD}content-length: 1000000\r\n\r\n`, ' ');
  await assertBodyTimedOut(client);
  await assertServes(port);
});

test('a chunked body that comes one byte at a time is 408 REQUEST_TIMEOUT', async (t) => {
  const { port } = await startProbed(t, { limits: only.body });
  const client = await connect(t, port);
  drip(t, client, `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n');
  await assertBodyTimedOut(client);
  await assertServes(port);
});

test('a connection that is idle for keepAliveTimeoutMs after a response is closed without another response', async (t) => {
  const { port } = await startProbed(t, { limits: only.idle });
  const client = await connect(t, port);
  await client.write(PING);
  assert.equal((await client.response()).status, 200);
  assert.deepEqual(await client.closed(), { text: '', error: undefined });
  await assertServes(port);
});

test('keepAliveTimeoutMs does not close a connection whose call is running', async (t) => {
  const gate = deferred();
  const { port } = await startProbed(t, { limits: only.idle }, (server) => {
    server.registerTask('wait', () => gate.promise);
  });
  const busy = await connect(t, port);
  await busy.write(requestText({ path: '/__runner/task/wait' }));
  // Two connections, one after the other, that become idle later than the busy one and are closed.
  for (let i = 0; i < 2; i += 1) {
    const idle = await connect(t, port);
    await idle.write(PING);
    assert.equal((await idle.response()).status, 200);
    await idle.closed();
  }
  gate.resolve();
  assert.equal((await busy.response()).body, '{"ok":true}');
});

test('headersTimeoutMs and bodyTimeoutMs do not count while a handler runs', async (t) => {
  const gate = deferred();
  const limits = { headersTimeoutMs: SHORT_MS, bodyTimeoutMs: SHORT_MS };
  const { port } = await startProbed(t, { limits }, (server) => {
    server.registerTask('wait', () => gate.promise);
  });
  const busy = await connect(t, port);
  await busy.write(requestText({ path: '/__runner/task/wait', body: '{"input":1}' }));
  for (let i = 0; i < 2; i += 1) {
    const slow = await connect(t, port);
    await slow.write(`${HEAD}content-length: 100\r\n\r\n`);
    await assertBodyTimedOut(slow);
  }
  gate.resolve();
  assert.equal((await busy.response()).body, '{"ok":true}');
});

test('many calls on one connection, each within the timeouts, are all answered', async (t) => {
  const limits = { headersTimeoutMs: SHORT_MS, bodyTimeoutMs: SHORT_MS, keepAliveTimeoutMs: LONG_MS };
  const { port } = await startProbed(t, { limits });
  const busy = await connect(t, port);
  const clock = await connect(t, port);
  drip(t, clock, `${HEAD}content-length: 1000000\r\n\r\n`, ' ');
  let timedOut = false;
  const clockRan = assertBodyTimedOut(clock).then(() => {
    timedOut = true;
  });
  while (!timedOut) {
    await busy.write(requestText({ path: '/__runner/task/echo', body: '{"input":1}' }));
    assert.equal((await busy.response()).body, '{"ok":true,"result":1}');
  }
  await clockRan;
  await busy.write(PING);
  assert.equal((await busy.response()).status, 200);
  assert.equal((await callTask(port, 'ping')).status, 200);
});
