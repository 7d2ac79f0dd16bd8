// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { drip } = require('../helpers/drip.js');
const { file, formHead, manifest, named } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { assertServes, errorText, startProbed } = require('../helpers/probe.js');
const { connect } = require('../helpers/raw.js');
const { deferred } = require('../helpers/signal.js');

const TIMED_OUT = errorText('Request Timeout', 'REQUEST_TIMEOUT');
const NEVER_MS = 2 ** 31 - 1;
/** A window that is over soon; in it, a client that drips sends many bytes, and fewer than its rate asks for. */
const TOO_SLOW = { bodyTimeoutMs: 200, minBodyBytesPerSecond: 1_000_000 };
/** The same client is fast enough. */
const STEADY = { bodyTimeoutMs: 200, minBodyBytesPerSecond: 1 };
const DRIPS = 25;
const BYTES = ' '.repeat(10);

/**
 * @param {string} path
 * @param {string} type
 */
const head = (path, type) =>
  `POST /__runner/task/${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${BYTES.length * DRIPS}\r\n\r\n`;

/** @param {import('../helpers/raw.js').RawClient} client */
async function assertTimedOut(client) {
  const response = await client.response();
  assert.equal(response.status, 408);
  assert.equal(response.body.toString(), TIMED_OUT);
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
}

for (const [what, type] of [
  ['JSON body', 'application/json'],
  ['octet-stream', 'application/octet-stream'],
]) {
  test(`a slow ${what} that is above the rate may take longer than bodyTimeoutMs`, async (t) => {
    const { port } = await startProbed(t, { limits: STEADY }, (server) =>
      server.registerTask('read', async (/** @type {any} */ input, /** @type {any} */ { body }) => {
        let length = 0;
        for await (const chunk of body ?? []) length += chunk.length;
        return input ?? length;
      }),
    );
    const client = await connect(t, port);
    // The first byte is a JSON text; the white space after it belongs to the body.
    const json = type === 'application/json';
    await client.write(head('read', type) + (json ? `7${BYTES.slice(1)}` : BYTES));
    let left = DRIPS - 1;
    const timer = setInterval(() => {
      client.write(BYTES);
      left -= 1;
      if (left === 0) clearInterval(timer);
    }, 20);
    t.after(() => clearInterval(timer));
    const response = await client.response();
    assert.equal(response.body.toString(), `{"ok":true,"result":${json ? 7 : BYTES.length * DRIPS}}`);
  });
}

test('an octet-stream below the rate is 408, and its task learns that the client is given up', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const failed = deferred();
  const { port } = await startProbed(t, { limits: TOO_SLOW }, (server) =>
    server.registerTask('read', async (/** @type {any} */ _input, /** @type {any} */ { body, signal }) => {
      try {
        for await (const chunk of body ?? []) assert.ok(chunk.length > 0);
      } catch (error) {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        failed.resolve(error);
      }
    }),
  );
  const client = await connect(t, port);
  drip(t, client, head('read', 'application/octet-stream').replace(/length: \d+/, 'length: 1000000'), ' ');
  await assertTimedOut(client);
  assert.equal((await failed.promise).code, 'ECONNRESET');
  await assertServes(port);
});

test('an octet-stream below the rate cuts the response that has begun', async (t) => {
  const { port } = await startProbed(t, { limits: TOO_SLOW }, (server) =>
    server.registerTask('echo-bytes', (/** @type {any} */ _input, /** @type {any} */ { body }) => body),
  );
  const client = await connect(t, port);
  const start = head('echo-bytes', 'application/octet-stream').replace(/length: \d+/, 'length: 1000000');
  drip(t, client, start, ' ');
  const { text } = await client.closed();
  assert.match(text, /^HTTP\/1.1 200 OK/);
  assert.doesNotMatch(text, /\r\n0\r\n\r\n$/);
  await assertServes(port);
});

for (const [where, start] of [
  ['before its manifest', ''],
  ['within its manifest', manifest('x').slice(0, -3)],
  ['behind its manifest', manifest(named('F1'))],
  ['within a file', manifest(named('F1')) + file('F1', 'x').slice(0, -2)],
  ['within a part that is not asked for', `${manifest('x')}--frontier\r\nx: y\r\n\r\n`],
]) {
  test(`a form below the rate ${where} is 408, though its call has an outcome`, async (t) => {
    const { port } = await startProbed(t, { limits: TOO_SLOW }, (server) =>
      server.registerTask('t', () => 'done'),
    );
    const client = await connect(t, port);
    drip(t, client, formHead('t', 1_000_000) + start, 'x');
    await assertTimedOut(client);
    await assertServes(port);
  });
}

test('a response to a form that comes in below the rate is cut', async (t) => {
  const { port } = await startProbed(t, { limits: TOO_SLOW }, (server) =>
    server.registerTask('t', async function* ticks() {
      for (;;) {
        yield 'tick';
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }),
  );
  const client = await connect(t, port);
  drip(t, client, `${formHead('t', 1_000_000)}${manifest('x')}--frontier\r\nx: y\r\n\r\n`, 'x');
  const { text } = await client.closed();
  assert.match(text, /^HTTP\/1.1 200 OK/);
  await assertServes(port);
});

test('a body that is refused is drained no longer than bodyTimeoutMs, however fast it comes', async (t) => {
  const limits = { bodyTimeoutMs: 200, maxJsonBytes: 10, keepAliveTimeoutMs: NEVER_MS };
  const { port } = await startProbed(t, { limits });
  const client = await connect(t, port);
  drip(
    t,
    client,
    'POST /__runner/task/ping HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000000\r\n\r\n',
    'x'.repeat(100),
  );
  assert.equal((await client.response()).status, 413);
  await client.closed();
  await assertServes(port);
});

test('a minBodyBytesPerSecond of 0 asks for one byte in bodyTimeoutMs', async (t) => {
  const limits = { bodyTimeoutMs: 200, minBodyBytesPerSecond: 0 };
  const { port } = await startProbed(t, { limits });
  const client = await connect(t, port);
  const started = client.write(
    'POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n7',
  );
  await started;
  await assertTimedOut(client);
});
