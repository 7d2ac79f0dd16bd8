// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { assertServes, roundTrips, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const HEAD = 'POST /__runner/task/count HTTP/1.1\r\nhost: localhost\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const BODY = '{"input":1}';

/**
 * A server whose task `count` returns its input, and counts how often it ran.
 *
 * @param {import('node:test').TestContext} t
 */
async function startCounting(t) {
  /** @type {unknown[]} */
  const runs = [];
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('count', (/** @type {unknown} */ input) => {
      runs.push(input);
      return input;
    });
  });
  return { port, runs, client: await connect(t, port) };
}

const badChunks = {
  'a chunk size that is no number': 'zz\r\n',
  'a chunk size with a blank behind it': 'b \r\n{"input":1}\r\n0\r\n\r\n',
  'a chunk size with a blank before it': ' b\r\n{"input":1}\r\n0\r\n\r\n',
  'a chunk size with a blank before its extension': 'b ;name\r\n{"input":1}\r\n0\r\n\r\n',
  'a chunk size that ends at a bare line feed': 'b\n{"input":1}\r\n0\r\n\r\n',
  'a chunk extension that ends at a bare line feed': 'b;name\n{"input":1}\r\n0\r\n\r\n',
  'an empty chunk size': '\r\n\r\n',
  'a negative chunk size': '-1\r\n',
  'a chunk size beyond 64 bits': 'fffffffffffffffff\r\n',
  'a chunk size with a prefix': '0x5\r\nhello\r\n',
  'a chunk that is longer than its size': '2\r\n{"input":1}\r\n0\r\n\r\n',
  'a chunk without its line end': 'b\r\n{"input":1}0\r\n\r\n',
  'a chunk extension without end': `b;${'x'.repeat(100_000)}`,
};

for (const [what, chunks] of Object.entries(badChunks)) {
  test(`${what} is 400 and the end of the connection`, async (t) => {
    const { port, runs, client } = await startCounting(t);
    await client.write(CHUNKED + chunks);
    assert.equal((await client.response()).status, 400);
    assert.equal((await client.closed()).text, '');
    assert.deepEqual(runs, []);
    await assertServes(port);
  });
}

test('chunk sizes in upper and lower case, with leading zeros and with extensions are read', async (t) => {
  const { client } = await startCounting(t);
  for (const size of ['b', 'B', '00b', 'b;name', 'b;name=value', 'b;name="quoted value"']) {
    await client.write(`${CHUNKED}${size}\r\n${BODY}\r\n0\r\n\r\n`);
    assert.equal((await client.response()).body, '{"ok":true,"result":1}');
  }
});

test('trailers of a chunked body are read over', async (t) => {
  const { client } = await startCounting(t);
  for (let i = 0; i < 2; i += 1) {
    await client.write(`${CHUNKED}b\r\n${BODY}\r\n0\r\nx-trailer: 1\r\nx-runner-token: t\r\n\r\n`);
    assert.equal((await client.response()).body, '{"ok":true,"result":1}');
  }
});

test('a trailer that ends at a bare line feed is 400', async (t) => {
  const { port, runs, client } = await startCounting(t);
  await client.write(`${CHUNKED}b\r\n${BODY}\r\n0\r\nx-trailer: 1\n\r\n`);
  assert.equal((await client.response()).status, 400);
  assert.equal((await client.closed()).text, '');
  assert.deepEqual(runs, []);
  await assertServes(port);
});

test('trailers without end are refused', async (t) => {
  const { port, runs, client } = await startCounting(t);
  await client.write(`${CHUNKED}b\r\n${BODY}\r\n0\r\n${'x-trailer: 1\r\n'.repeat(10_000)}`);
  const response = await client.response();
  assert.ok(response.status === 400 || response.status === 431, String(response.status));
  await client.closed();
  assert.deepEqual(runs, []);
  await assertServes(port);
});

test('a chunked body that comes one byte a chunk and one byte a packet is read', async (t) => {
  const { client } = await startCounting(t);
  const text = `${CHUNKED}${[...BODY].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`;
  for (const byte of text) await client.write(byte);
  assert.equal((await client.response()).body, '{"ok":true,"result":1}');
});

test('an empty chunked body is no input', async (t) => {
  const { runs, client } = await startCounting(t);
  await client.write(`${CHUNKED}0\r\n\r\n`);
  assert.equal((await client.response()).body, '{"ok":true}');
  assert.deepEqual(runs, [undefined]);
});

test('what follows a content-length that is too short is the next request, and is refused', async (t) => {
  const { port, runs, client } = await startCounting(t);
  await client.write(`${HEAD}content-length: 1\r\n\r\n1${BODY}\r\n\r\n`);
  assert.equal((await client.response()).body, '{"ok":true,"result":1}');
  const rest = await client.response();
  assert.equal(rest.status, 400);
  assert.equal(rest.body, '');
  assert.equal((await client.closed()).text, '');
  assert.deepEqual(runs, [1]);
  await assertServes(port);
});

const truncated = {
  'a body that is shorter than its content-length': `${HEAD}content-length: 100\r\n\r\n${BODY}`,
  'a body of which nothing came': `${HEAD}content-length: 11\r\n\r\n`,
  'a chunked body that ends midway in a chunk': `${CHUNKED}b\r\n{"inp`,
  'a chunked body that ends midway in a size': `${CHUNKED}b`,
  'a chunked body without its last chunk': `${CHUNKED}b\r\n${BODY}\r\n`,
  'a chunked body without its last line': `${CHUNKED}b\r\n${BODY}\r\n0\r\n`,
};

for (const [what, text] of Object.entries(truncated)) {
  for (const leave of /** @type {const} */ (['end', 'destroy', 'reset'])) {
    test(`${what} never reaches the handler when its client leaves by ${leave}`, async (t) => {
      const { port, runs, client } = await startCounting(t);
      await client.write(text);
      await roundTrips(port);
      client[leave]();
      await client.closed();
      await roundTrips(port);
      await assertServes(port);
      assert.deepEqual(runs, []);
    });
  }
}

test('Expect: 100-continue is answered with 100 before the body is sent', async (t) => {
  const { client } = await startCounting(t);
  for (let i = 0; i < 2; i += 1) {
    await client.write(`${HEAD}content-length: 11\r\nexpect: 100-continue\r\n\r\n`);
    assert.equal((await client.response()).status, 100);
    await client.write(BODY);
    assert.equal((await client.response()).body, '{"ok":true,"result":1}');
  }
});

const refusedEarly = {
  413: `${HEAD}content-length: 999999999\r\nexpect: 100-continue\r\n\r\n`,
  404: 'POST /__runner/task/none HTTP/1.1\r\nhost: localhost\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n',
  405: 'PUT /__runner/task/count HTTP/1.1\r\nhost: localhost\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n',
};

for (const [status, text] of Object.entries(refusedEarly)) {
  test(`Expect: 100-continue of a request that is ${status} gets that at once`, async (t) => {
    const { port, client } = await startCounting(t);
    await client.write(text);
    assert.equal((await client.response()).status, Number(status));
    await assertServes(port);
  });
}

test('the unread body of a refused request is never taken for a request', async (t) => {
  const { port, runs, client } = await startCounting(t);
  const smuggled = requestText({ path: '/__runner/task/count', body: BODY });
  await client.write(requestText({ path: '/__runner/task/none', body: smuggled }));
  assert.equal((await client.response()).status, 404);
  client.end();
  assert.equal((await client.closed()).text, '');
  assert.deepEqual(runs, []);
  await assertServes(port);
});
