// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

const PING = requestText({ path: '/__runner/task/ping' });

const kept = {
  'a task': PING,
  'a stream': requestText({ path: '/__runner/task/stream' }),
  'an error': requestText({ path: '/__runner/task/none' }),
  discovery: requestText({ method: 'GET', path: '/__runner/discovery' }),
  'a preflight': requestText({ method: 'OPTIONS', path: '/__runner/task/ping' }),
  'the fallback': requestText({ method: 'GET', path: '/elsewhere' }),
  'connection: keep-alive': requestText({
    path: '/__runner/task/ping',
    headers: { connection: 'Keep-Alive' },
  }),
  'HTTP/1.0 with keep-alive':
    'POST /__runner/task/ping HTTP/1.0\r\nhost: localhost\r\nconnection: keep-alive\r\n\r\n',
};

/** @param {import('node:test').TestContext} t @param {number} keepAliveTimeoutMs */
async function start(t, keepAliveTimeoutMs) {
  const fallback = (/** @type {any} */ _request, /** @type {any} */ response) => response.end('there');
  const { port } = await startServer(t, { fallback, limits: { keepAliveTimeoutMs } }, (server) => {
    server
      .registerTask('ping', () => 'pong')
      .registerTask('stream', async function* () {
        yield 1;
      });
  });
  return connect(t, port);
}

test('every response that leaves its connection open announces for how long', async (t) => {
  const client = await start(t, 5999);
  for (const [what, text] of Object.entries(kept)) {
    await client.write(text);
    const { headers } = await client.response();
    assert.equal(headers['keep-alive'], 'timeout=5', what);
    assert.match(headers.connection, /^keep-alive$/i, what);
  }
});

test('a response that ends its connection says so', async (t) => {
  const { port, server } = await startProbed(t);
  for (const text of [
    requestText({ path: '/__runner/task/ping', headers: { connection: 'close' } }),
    'POST /__runner/task/ping HTTP/1.0\r\nhost: localhost\r\n\r\n',
  ]) {
    const client = await connect(t, port);
    await client.write(text);
    const { headers } = await client.response();
    assert.equal(headers['keep-alive'], undefined);
    assert.equal((await client.closed()).text, '');
  }
  const client = await connect(t, port);
  server.registerTask('close', () => void server.close());
  await client.write(requestText({ path: '/__runner/task/close' }));
  const { headers } = await client.response();
  assert.deepEqual([headers.connection, headers['keep-alive']], ['close', undefined]);
});
