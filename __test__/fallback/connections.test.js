// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startFallback } = require('../helpers/fallback.js');
const { test } = require('../helpers/guarded.js');
const { connect, requestText } = require('../helpers/raw.js');
const { SHORT_LINGER } = require('../helpers/server.js');
const { deferred, until } = require('../helpers/signal.js');

/** Longer than a test may take: a close that resolves under it was not waiting for its deadline. */
const NEVER_MS = 2_147_483_647;

test('close waits for a response of the listener', async (t) => {
  const gate = deferred();
  const { server, port } = await startFallback(
    t,
    async (_req, res) => {
      res.write('first ');
      await gate.promise;
      res.end('second');
    },
    { limits: SHORT_LINGER },
  );
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('first')) await client.change();
  const closing = server.close({ timeoutMs: NEVER_MS });
  gate.resolve();
  assert.equal((await client.response()).body, 'first second');
  await closing;
});

test('close cuts a response of the listener at its deadline', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { server, port } = await startFallback(t, (_req, res) => called.resolve(res));
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const closed = until(await called.promise, 'close');
  await server.close({ timeoutMs: 1 });
  await closed;
  await client.closed();
});

test('an upgrade is a request like any other', async (t) => {
  const { port } = await startFallback(t, (req, res) => res.end(req.headers.upgrade));
  const client = await connect(t, port);
  const headers = { connection: 'upgrade', upgrade: 'websocket' };
  await client.write(requestText({ method: 'GET', path: '/', headers }));
  assert.equal((await client.response()).body, 'websocket');
});

test('CONNECT closes the connection, and the listener does not hear of it', async (t) => {
  let called = false;
  const { port } = await startFallback(t, (_req, res) => {
    called = true;
    res.end();
  });
  const client = await connect(t, port);
  await client.write('CONNECT other:443 HTTP/1.1\r\nhost: other:443\r\n\r\n');
  assert.equal((await client.closed()).text, '');
  assert.equal(called, false);
});

test('a response to a client of HTTP/1.0 ends with its connection', async (t) => {
  const { port } = await startFallback(t, (_req, res) => {
    res.write('old ');
    res.end('friend');
  });
  const client = await connect(t, port);
  await client.write('GET / HTTP/1.0\r\n\r\n');
  const { text } = await client.closed();
  assert.match(text, /^HTTP\/1\.0 200 OK\r\n/);
  assert.match(text, /\r\n\r\nold friend$/);
});
