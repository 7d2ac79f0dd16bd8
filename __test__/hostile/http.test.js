// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const LINE = 'POST /__runner/task/ping HTTP/1.1\r\n';
const HEAD = `${LINE}host: localhost\r\n`;
const PONG = '{"ok":true,"result":"pong"}';

/**
 * Sends `text`, and asserts that it is refused with an empty 400 and the end of the connection.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} text
 */
async function assertMalformed(t, text) {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(text);
  const response = await client.response();
  assert.equal(response.status, 400);
  assert.equal(response.body, '');
  assert.equal((await client.closed()).text, '');
  client.destroy();
  await assertServes(port);
}

const malformed = {
  'a request line of one word': 'GARBAGE\r\n\r\n',
  'a request line of nothing but spaces': '   \r\n\r\n',
  'a request line without a target': 'POST HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a request line with a fourth word': 'POST /__runner/task/ping HTTP/1.1 more\r\nhost: localhost\r\n\r\n',
  'a request line of HTTP/0.9': 'GET /__runner/discovery\r\n\r\n',
  'a method with a control character': 'PO\x01ST /__runner/task/ping HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a method in brackets': '(POST) /__runner/task/ping HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a target with a control character': 'POST /__runner/\x01task HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a version that is no number': 'POST /__runner/task/ping HTTP/x.y\r\nhost: localhost\r\n\r\n',
  'version 9.9': 'POST /__runner/task/ping HTTP/9.9\r\nhost: localhost\r\n\r\n',
  'a protocol that is not HTTP': 'POST /__runner/task/ping SMTP/1.1\r\nhost: localhost\r\n\r\n',
  'the start of a TLS handshake': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  'a header name with a space': `${HEAD}bad name: 1\r\n\r\n`,
  'a header name with a space before its colon': `${LINE}host : here\r\n\r\n`,
  'an empty header name': `${HEAD}: value\r\n\r\n`,
  'a header name with a NUL': `${HEAD}na\0me: 1\r\n\r\n`,
  'a header name beyond ASCII': `${HEAD}n\xe4me: 1\r\n\r\n`,
  'a header without a colon': `${LINE}host\r\n\r\n`,
  'a header value with a NUL': `${HEAD}x-value: a\0b\r\n\r\n`,
  'a header value with a control character': `${HEAD}x-value: a\x01b\r\n\r\n`,
  'a header value with a bare carriage return': `${HEAD}x-value: a\rb\r\n\r\n`,
  'a header that is folded over two lines': `${HEAD}x-folded: a\r\n b\r\n\r\n`,
  'a negative content-length': `${HEAD}content-length: -1\r\n\r\n`,
  'a content-length with a plus sign': `${HEAD}content-length: +2\r\n\r\n{}`,
  'a content-length that is no number': `${HEAD}content-length: two\r\n\r\n{}`,
  'a hexadecimal content-length': `${HEAD}content-length: 0x2\r\n\r\n{}`,
  'a fractional content-length': `${HEAD}content-length: 2.0\r\n\r\n{}`,
  'an empty content-length': `${HEAD}content-length: \r\n\r\n`,
  'a content-length beyond 64 bits': `${HEAD}content-length: 99999999999999999999999\r\n\r\n{}`,
  'two different content-lengths': `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
  'two different content-lengths in one header': `${HEAD}content-length: 2, 3\r\n\r\n{}`,
  'a transfer-encoding that does not end in chunked': `${HEAD}transfer-encoding: gzip\r\n\r\n`,
  'chunked that is not the last transfer-encoding': `${HEAD}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'a transfer-encoding in HTTP/1.0':
    'POST /__runner/task/ping HTTP/1.0\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'a request of HTTP/1.1 without a host': `${LINE}\r\n`,
  'a request of HTTP/1.1 with two hosts': `${HEAD}Host: there\r\n\r\n`,
  'a request of HTTP/1.1 with one host twice': `${HEAD}host: localhost\r\n\r\n`,
  'a request of HTTP/1.0 with two hosts': 'GET / HTTP/1.0\r\nhost: localhost\r\nhost: there\r\n\r\n',
  'one content-length twice': `${HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`,
  'one content-length twice in one header': `${HEAD}content-length: 2, 2\r\n\r\n{}`,
  'transfer-encoding: chunked twice': `${HEAD}transfer-encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'an unknown transfer-encoding before chunked': `${HEAD}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'transfer-encoding: identity': `${HEAD}transfer-encoding: identity\r\n\r\n`,
  'an empty transfer-encoding': `${HEAD}transfer-encoding:\r\n\r\n`,
  'a content-length before transfer-encoding': `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a content-length behind transfer-encoding': `${HEAD}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`,
  'a request line that ends at a bare line feed': 'GET / HTTP/1.1\nhost: localhost\r\n\r\n',
  'a header that ends at a bare line feed': `${HEAD}x-note: hi\nx-runner-token: t\r\n\r\n`,
  'a head that ends at a bare line feed': `${HEAD}\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
};

for (const [what, text] of Object.entries(malformed)) {
  test(`${what} is an empty 400 and the end of the connection`, async (t) => assertMalformed(t, text));
}

test('malformed bytes are refused after the responses before them, and nothing after them is read', async (t) => {
  const { port } = await startProbed(t);
  const good = requestText({ path: '/__runner/task/echo', body: '{"input":1}' });
  for (const [what, text] of Object.entries(malformed)) {
    const client = await connect(t, port);
    client.write(good + good + text + good);
    for (let i = 0; i < 2; i += 1) assert.equal((await client.response()).json.result, 1, what);
    assert.equal((await client.response()).status, 400, what);
    assert.equal((await client.closed()).text, '', what);
  }
});

test('malformed bytes are refused wherever their packets end', async (t) => {
  const { port } = await startProbed(t);
  for (const [what, text] of Object.entries(malformed)) {
    const client = await connect(t, port);
    for (const byte of text) await client.write(byte);
    assert.equal((await client.response()).status, 400, what);
    assert.equal((await client.closed()).text, '', what);
  }
});

test('a megabyte of random bytes ends the connection', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  const bytes = Buffer.alloc(1024 * 1024);
  for (let i = 0, x = 1; i < bytes.length; i += 1) {
    x = (x * 48_271) % 2_147_483_647;
    bytes[i] = x & 0xff;
  }
  await client.write(bytes);
  await client.closed();
  await assertServes(port);
});

test('a content-length of 2^63 - 1 is refused before a byte of it is read', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(`${LINE}host: localhost\r\ncontent-length: 9223372036854775807\r\n\r\n`);
  assert.equal((await client.response()).status, 413);
  await assertServes(port);
});

test('an absolute target is routed by its path', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  for (const target of [
    'http://localhost/__runner/task/ping',
    'http://127.0.0.1:99/__runner/task/ping?query',
  ]) {
    await client.write(`POST ${target} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    assert.equal((await client.response()).body, PONG);
  }
});

for (const protocol of ['websocket', 'h2c', 'TLS/1.0, no/such']) {
  test(`Upgrade: ${protocol} is ignored`, async (t) => {
    const { port } = await startProbed(t);
    const client = await connect(t, port);
    const headers = { connection: 'Upgrade', upgrade: protocol, 'http2-settings': 'AAMAAABkAAQAAP__' };
    for (let i = 0; i < 2; i += 1) {
      await client.write(requestText({ path: '/__runner/task/ping', headers }));
      const response = await client.response();
      assert.equal(response.status, 200);
      assert.equal(response.body, PONG);
      assert.equal(response.headers.upgrade, undefined);
    }
  });
}

test('TRACE on a task is 405 and echoes nothing', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(`TRACE /__runner/task/ping HTTP/1.1\r\nhost: localhost\r\nx-secret: hidden\r\n\r\n`);
  const response = await client.response();
  assert.equal(response.status, 405);
  assert.ok(!response.body.includes('hidden'));
  await assertServes(port);
});

for (const target of ['elsewhere:443', '127.0.0.1:80', '/__runner/task/ping']) {
  test(`CONNECT ${target} opens no tunnel`, async (t) => {
    const { port } = await startProbed(t);
    const client = await connect(t, port);
    await client.write(`CONNECT ${target} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    const response = await client.response();
    assert.ok(response.status >= 400 && response.status < 500, String(response.status));
    await assertServes(port);
  });
}

test('an unknown method on a task is 405', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(requestText({ method: 'BREW', path: '/__runner/task/ping' }));
  assert.equal((await client.response()).status, 405);
  await assertServes(port);
});

test('empty lines before a request are skipped', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(`\r\n\r\n${requestText({ path: '/__runner/task/ping' })}`);
  assert.equal((await client.response()).body, PONG);
});

test('a request that comes one byte at a time is answered', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  for (const byte of requestText({ path: '/__runner/task/echo', body: '{"input":"slow"}' }))
    await client.write(byte);
  assert.equal((await client.response()).body, '{"ok":true,"result":"slow"}');
});

test('1,000 pipelined requests are answered in order', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('later', async (/** @type {number} */ input) => {
      for (let turns = input % 5; turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
      return input;
    });
  });
  const client = await connect(t, port);
  const requests = Array.from({ length: 1000 }, (_, i) =>
    requestText({ path: `/__runner/task/${i % 3 ? 'later' : 'echo'}`, body: JSON.stringify({ input: i }) }),
  );
  client.write(requests.join(''));
  const responses = await client.responses(1000);
  assert.deepEqual(
    responses.map((response) => response.json.result),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  await assertServes(port);
});

test('pipelined requests of every outcome are answered in order', async (t) => {
  const { port } = await startProbed(t, { limits: { maxJsonBytes: 100 } });
  const kinds = [
    { status: 200, text: requestText({ path: '/__runner/task/ping' }) },
    { status: 404, text: requestText({ path: '/__runner/task/none' }) },
    { status: 405, text: requestText({ method: 'PUT', path: '/__runner/task/ping' }) },
    { status: 400, text: requestText({ path: '/__runner/task/echo', body: '{' }) },
    { status: 200, text: requestText({ method: 'GET', path: '/__runner/discovery' }) },
    { status: 204, text: requestText({ method: 'OPTIONS', path: '/__runner/task/ping' }) },
  ];
  const requests = Array.from({ length: 300 }, (_, i) => kinds[(i * 7) % kinds.length]);
  const client = await connect(t, port);
  client.write(requests.map((request) => request.text).join(''));
  const responses = await client.responses(requests.length);
  assert.deepEqual(
    responses.map((response) => response.status),
    requests.map((request) => request.status),
  );
});

test('HTTP/1.0 without keep-alive is answered and the connection closed', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write('POST /__runner/task/ping HTTP/1.0\r\n\r\n');
  assert.equal((await client.response()).body, PONG);
  assert.equal((await client.closed()).text, '');
});

test('HTTP/1.0 with keep-alive is answered again and again', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  for (let i = 0; i < 3; i += 1) {
    await client.write('POST /__runner/task/ping HTTP/1.0\r\nconnection: keep-alive\r\n\r\n');
    const response = await client.response();
    assert.equal(response.body, PONG);
    assert.match(response.headers.connection, /^keep-alive$/i);
  }
});

test('connection: close is answered and the connection closed', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/ping', headers: { connection: 'close' } }));
  const response = await client.response();
  assert.equal(response.body, PONG);
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
});
