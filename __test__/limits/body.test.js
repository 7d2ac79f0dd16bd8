// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { assertServes, errorText, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const TOO_LARGE = errorText('Payload too large', 'PAYLOAD_TOO_LARGE');
const MAX = 1000;
const ECHO = '/__runner/task/echo';
const MIB = 1024 * 1024;

/**
 * A JSON string of exactly `size` bytes, quotes included.
 *
 * @param {number} size
 */
const jsonOf = (size) => `"${'x'.repeat(size - 2)}"`;

/**
 * The same body in chunks.
 *
 * @param {string} body
 * @param {number} size of a chunk
 */
function chunked(body, size) {
  let text = '';
  for (let at = 0; at < body.length; at += size) {
    const piece = body.slice(at, at + size);
    text += `${piece.length.toString(16)}\r\n${piece}\r\n`;
  }
  return `${text}0\r\n\r\n`;
}

const CHUNKED_HEAD = `POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n`;

test('a body of exactly maxJsonBytes passes and one byte more is 413, by content-length', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } });
  const fits = await call({ port, path: ECHO, body: jsonOf(MAX) });
  assert.equal(fits.status, 200);
  assert.equal(fits.json.result.length, MAX - 2);
  const over = await call({ port, path: ECHO, body: jsonOf(MAX + 1) });
  assert.equal(over.status, 413);
  assert.equal(over.text, TOO_LARGE);
  await assertServes(port);
});

test('a body of exactly maxJsonBytes passes and one byte more is 413, chunked', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } });
  const client = await connect(t, port);
  await client.write(CHUNKED_HEAD + chunked(jsonOf(MAX), 7));
  assert.equal((await client.response()).status, 200);
  await client.write(CHUNKED_HEAD + chunked(jsonOf(MAX + 1), 7));
  const over = await client.response();
  assert.equal(over.status, 413);
  assert.equal(over.body, TOO_LARGE);
  await assertServes(port);
});

test('a content-length over the limit is 413 before the body is sent', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } });
  const client = await connect(t, port);
  await client.write(`POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${MAX + 1}\r\n\r\n`);
  const over = await client.response();
  assert.equal(over.status, 413);
  assert.equal(over.body, TOO_LARGE);
  await assertServes(port);
});

test('a chunked body that never ends is 413 once it is over the limit', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } });
  const client = await connect(t, port);
  await client.write(`${CHUNKED_HEAD}${(MAX + 1).toString(16)}\r\n${jsonOf(MAX + 1)}\r\n`);
  const over = await client.response();
  assert.equal(over.status, 413);
  assert.equal(over.body, TOO_LARGE);
  await assertServes(port);
});

test('the default limit is 2 MiB', async (t) => {
  const { port } = await startProbed(t);
  assert.equal((await call({ port, path: ECHO, body: jsonOf(2 * MIB) })).status, 200);
  assert.equal((await call({ port, path: ECHO, body: jsonOf(2 * MIB + 1) })).status, 413);
  await assertServes(port);
});

test('events have the same limit', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } }, (server) => {
    server.registerEvent('heard', () => {});
  });
  const path = '/__runner/event/heard';
  assert.equal((await call({ port, path, body: jsonOf(MAX) })).status, 200);
  const over = await call({ port, path, body: jsonOf(MAX + 1) });
  assert.equal(over.status, 413);
  assert.equal(over.text, TOO_LARGE);
  await assertServes(port);
});

test('a request after a refused body on the same connection gets its response, or the connection is closed', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: MAX } });
  const client = await connect(t, port);
  await client.write(requestText({ path: ECHO, body: jsonOf(MAX + 1) }));
  const over = await client.response();
  assert.equal(over.status, 413);
  if (over.headers.connection === 'close') {
    assert.equal((await client.closed()).text, '');
  } else {
    await client.write(requestText({ path: '/__runner/task/ping' }));
    assert.equal((await client.response()).body, '{"ok":true,"result":"pong"}');
  }
  await assertServes(port);
});

for (const framing of /** @type {const} */ (['content-length', 'chunked'])) {
  test(`memory does not follow a 100 MB ${framing} body, whose sender can read the 413`, async (t) => {
    const child = startChild(t, async ({ makeServer, peakMemoryBytes, send }) => {
      const server = makeServer();
      server.registerTask('ping', () => 'pong');
      server.registerTask('echo', (/** @type {unknown} */ input) => input);
      server.registerTask('peak', () => peakMemoryBytes());
      send(await server.listen());
    });
    const { port } = await child.next();
    assert.equal((await call({ port, path: ECHO, body: jsonOf(2 * MIB + 1) })).status, 413);
    const before = (await callTask(port, 'peak')).json.result;

    const client = await connect(t, port);
    const piece = Buffer.alloc(MIB, 'x');
    const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
    await client.write(
      framing === 'chunked'
        ? CHUNKED_HEAD
        : CHUNKED_HEAD.replace('transfer-encoding: chunked', `content-length: ${100 * MIB}`),
    );
    // Continues to write regardless of the response, until all is sent or the connection is closed.
    for (let i = 0; i < 100; i += 1) await client.write(framing === 'chunked' ? chunk : piece);
    const over = await client.response();
    assert.equal(over.status, 413);
    assert.equal(over.body, TOO_LARGE);

    const after = (await callTask(port, 'peak')).json.result;
    assert.ok(after - before < 16 * MIB, `resident memory grew by ${after - before} bytes`);
    await assertServes(port);
  });
}
