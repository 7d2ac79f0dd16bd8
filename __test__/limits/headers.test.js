// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect } = require('../helpers/raw.js');

const REQUEST_LINE = 'POST /__runner/task/ping HTTP/1.1\r\n';

/**
 * Sends `head`, and asserts that it is refused with this status, no body, and the end of the connection.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @param {string} head
 * @param {number} status
 */
async function assertRefused(t, port, head, status) {
  const client = await connect(t, port);
  await client.write(head);
  const response = await client.response();
  assert.equal(response.status, status);
  assert.equal(response.body, '');
  assert.equal((await client.closed()).text, '');
  client.destroy();
  await assertServes(port);
}

/**
 * Sends `head`, and asserts that the task runs.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @param {string} head
 */
async function assertPasses(t, port, head) {
  const client = await connect(t, port);
  await client.write(head);
  assert.equal((await client.response()).body, '{"ok":true,"result":"pong"}');
}

/**
 * A request head of exactly `size` bytes.
 *
 * @param {number} size
 */
function headOf(size) {
  const start = `${REQUEST_LINE}host: localhost\r\nx-fill: `;
  const end = '\r\n\r\n';
  return start + 'f'.repeat(size - start.length - end.length) + end;
}

/**
 * A request head with exactly `count` headers.
 *
 * @param {number} count
 */
function headWith(count) {
  const lines = Array.from({ length: count - 1 }, (_, i) => `x-${i}: ${i}\r\n`);
  return `${REQUEST_LINE}host: localhost\r\n${lines.join('')}\r\n`;
}

test('a request head below maxHeaderBytes passes, one over it is 431', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 8192 } });
  await assertPasses(t, port, headOf(8100));
  await assertRefused(t, port, headOf(8300), 431);
});

test('the default of maxHeaderBytes is 32 KiB', async (t) => {
  const { port } = await startProbed(t);
  await assertPasses(t, port, headOf(32_600));
  await assertRefused(t, port, headOf(33_000), 431);
});

test('maxHeaderBytes can be raised', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 300_000 } });
  await assertPasses(t, port, headOf(299_000));
  await assertRefused(t, port, headOf(301_000), 431);
});

test('header bytes that never end are 431 once they are over the limit', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 8192 } });
  await assertRefused(t, port, `${REQUEST_LINE}x-endless: ${'f'.repeat(9000)}`, 431);
});

test('a request target over maxHeaderBytes is 431', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 8192 } });
  await assertRefused(
    t,
    port,
    `POST /__runner/task/${'p'.repeat(9000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    431,
  );
});

test('a target of 65,534 bytes passes, one more is 414 whatever maxHeaderBytes is', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 1024 * 1024 } });
  for (const fill of ['x', '<']) {
    const start = '/__runner/task/ping?';
    const headOf = (/** @type {number} */ size) =>
      `POST ${start.padEnd(size, fill)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await assertPasses(t, port, headOf(65_534));
    await assertRefused(t, port, headOf(65_535), 414);
  }
});

test('maxHeaderCount headers pass, one more is 431', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderCount: 5 } });
  await assertPasses(t, port, headWith(5));
  await assertRefused(t, port, headWith(6), 431);
});

test('the default of maxHeaderCount is 1000', async (t) => {
  const { port } = await startProbed(t);
  await assertPasses(t, port, headWith(1000));
  await assertRefused(t, port, headWith(1001), 431);
});

test('maxHeaderCount can be raised', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 100_000, maxHeaderCount: 3000 } });
  await assertPasses(t, port, headWith(3000));
  await assertRefused(t, port, headWith(3001), 431);
});

test('the second request of a connection has the same header limits', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 8192, maxHeaderCount: 5 } });
  for (const head of [headOf(8300), headWith(6)]) {
    const client = await connect(t, port);
    await client.write(headWith(5));
    assert.equal((await client.response()).status, 200);
    await client.write(head);
    assert.equal((await client.response()).status, 431);
    await client.closed();
  }
  await assertServes(port);
});
