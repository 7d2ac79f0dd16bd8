// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { drip, dripFor } = require('../helpers/drip.js');
const { withEnoughTime } = require('../helpers/enough-time.js');
const { file, formHead, manifest, named } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { assertServes, errorText, startProbed } = require('../helpers/probe.js');
const { connect } = require('../helpers/raw.js');
const { aborted, deferred } = require('../helpers/signal.js');

const TIMED_OUT = errorText('Request Timeout', 'REQUEST_TIMEOUT');
const NEVER_MS = 2 ** 31 - 1;
/** More than a dripping client sends in any window. */
const MIN_RATE = 1_000_000;
/** A short window. */
const TOO_SLOW = { bodyTimeoutMs: 200, minBodyBytesPerSecond: MIN_RATE };

/**
 * @param {string} path
 * @param {string} type
 */
const head = (path, type) =>
  `POST /__runner/task/${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\n`;
const LENGTH = 'content-length: 1000000\r\n\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n\r\n';

/** @param {import('../helpers/raw.js').RawClient} client */
async function assertTimedOut(client) {
  const response = await client.response();
  assert.equal(response.status, 408);
  assert.equal(response.body.toString(), TIMED_OUT);
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
}

/**
 * Whether a response that is cut for its slow request had begun; if not, the request timed out before it could.
 *
 * @param {import('../helpers/raw.js').RawClient} client
 * @param {number} port
 */
async function wasCutAfterItBegan(client, port) {
  const { text } = await client.closed();
  await assertServes(port);
  if (text.startsWith('HTTP/1.1 408 ')) return false;
  assert.match(text, /^HTTP\/1\.1 200 OK/);
  assert.doesNotMatch(text, /HTTP\/1\.1 408|\r\n0\r\n\r\n$/);
  return true;
}

for (const [what, type] of [
  ['JSON body', 'application/json'],
  ['octet-stream', 'application/octet-stream'],
]) {
  test(`a slow ${what} that is above the rate may take longer than bodyTimeoutMs`, (t) =>
    withEnoughTime(async (bodyTimeoutMs) => {
      const { port } = await startProbed(
        t,
        { limits: { bodyTimeoutMs, minBodyBytesPerSecond: 1 } },
        (server) =>
          server.registerTask('read', async (/** @type {any} */ input, /** @type {any} */ { body }) => {
            let text = '';
            for await (const chunk of body ?? []) text += chunk;
            return input ?? Number(text);
          }),
      );
      const client = await connect(t, port);
      await client.write(`${head('read', type)}${CHUNKED}1\r\n7\r\n`);
      const longestPause = await dripFor(client, '1\r\n \r\n', 3 * bodyTimeoutMs);
      await client.write('0\r\n\r\n');
      const { status, body } = await client.response();
      if (longestPause >= bodyTimeoutMs / 2) return false;
      assert.deepEqual([status, body], [200, '{"ok":true,"result":7}']);
      return true;
    }));
}

test('an octet-stream below the rate is 408, and its task learns that the client is given up', (t) =>
  withEnoughTime(async (bodyTimeoutMs) => {
    let hasStarted = false;
    /** @type {ReturnType<typeof deferred<any>>} */
    const failed = deferred();
    const limits = { bodyTimeoutMs, minBodyBytesPerSecond: MIN_RATE };
    const { port } = await startProbed(t, { limits }, (server) =>
      server.registerTask('read', async (/** @type {any} */ _input, /** @type {any} */ { body, signal }) => {
        hasStarted = true;
        try {
          for await (const chunk of body ?? []) assert.ok(chunk.length > 0);
        } catch (error) {
          await aborted(signal);
          failed.resolve(error);
        }
      }),
    );
    const client = await connect(t, port);
    drip(t, client, head('read', 'application/octet-stream') + LENGTH, ' ');
    await assertTimedOut(client);
    await assertServes(port);
    // A call that was not started before its request timed out is never started.
    if (!hasStarted) return false;
    assert.equal((await failed.promise).code, 'ECONNRESET');
    return true;
  }));

test('an octet-stream below the rate cuts the response that has begun', (t) =>
  withEnoughTime(async (bodyTimeoutMs) => {
    const limits = { bodyTimeoutMs, minBodyBytesPerSecond: MIN_RATE };
    const { port } = await startProbed(t, { limits }, (server) =>
      server.registerTask('echo-bytes', (/** @type {any} */ _input, /** @type {any} */ { body }) => body),
    );
    const client = await connect(t, port);
    drip(t, client, head('echo-bytes', 'application/octet-stream') + LENGTH, ' ');
    return wasCutAfterItBegan(client, port);
  }));

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

test('a response to a form that comes in below the rate is cut', (t) =>
  withEnoughTime(async (bodyTimeoutMs) => {
    const limits = { bodyTimeoutMs, minBodyBytesPerSecond: MIN_RATE };
    const { port } = await startProbed(t, { limits }, (server) =>
      server.registerTask('t', async function* ticks() {
        for (;;) {
          yield 'tick';
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }),
    );
    const client = await connect(t, port);
    drip(t, client, `${formHead('t', 1_000_000)}${manifest('x')}--frontier\r\nx: y\r\n\r\n`, 'x');
    return wasCutAfterItBegan(client, port);
  }));

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
