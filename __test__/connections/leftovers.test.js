// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

const ECHO = '/__runner/task/echo';
const LONGEST_MS = 2 ** 31 - 1;

/** @param {any} server */
const echo = (server) => server.registerTask('echo', (/** @type {unknown} */ input) => input);

/** @param {import('../helpers/raw.js').RawClient} raw @param {Record<string, string>} [headers] */
async function assertGoesOn(raw, headers) {
  raw.write(requestText({ path: ECHO, headers, body: '7' }));
  assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":7}');
}

test('a response to a client that waits for 100 Continue says that the connection ends', async (t) => {
  const { port } = await startServer(t, { auth: { token: 'secret' } }, echo);
  const raw = await connect(t, port);
  raw.write(`POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n`);
  const response = await raw.response();
  assert.equal(response.status, 401);
  assert.equal(response.headers.connection, 'close');
  await raw.closed();
});

test('a body that turns out too large after 100 Continue gets its 413, and the connection goes on', async (t) => {
  const { port } = await startServer(t, { limits: { maxJsonBytes: 10 } }, echo);
  const raw = await connect(t, port);
  raw.write(
    `POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  assert.equal((await raw.response()).status, 100);
  raw.write(`b\r\n${'x'.repeat(11)}\r\n`);
  assert.equal((await raw.response()).status, 413);
  raw.write(`b\r\n${'x'.repeat(11)}\r\n0\r\n\r\n`);
  await assertGoesOn(raw);
});

test('a preflight with a body leaves its connection to the next request', async (t) => {
  const { port } = await startServer(t, {}, echo);
  const raw = await connect(t, port);
  raw.write(`OPTIONS ${ECHO} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n`);
  assert.equal((await raw.response()).status, 204);
  raw.write('12345');
  await assertGoesOn(raw);
});

test('a line break after a body begins no request', async (t) => {
  const { port, server } = await startServer(t, {}, echo);
  const raw = await connect(t, port);
  raw.write(`${requestText({ path: ECHO, body: '7' })}\r\n`);
  assert.equal((await raw.response()).status, 200);
  raw.socket.once('end', () => raw.end());
  // A request that had begun would be waited for.
  await server.close({ timeoutMs: LONGEST_MS });
  assert.equal((await raw.closed()).text, '');
});
