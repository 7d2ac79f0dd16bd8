// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { PassThrough } = require('node:stream');
const { drip } = require('../helpers/drip.js');
const { withEnoughTime } = require('../helpers/enough-time.js');
const { file, formHead, manifest, named } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { aborted, deferred } = require('../helpers/signal.js');

const LONG_MS = 2_147_483_647;
const limits = {
  requestTimeoutMs: 200,
  headersTimeoutMs: LONG_MS,
  bodyTimeoutMs: LONG_MS,
  keepAliveTimeoutMs: LONG_MS,
};
const HEAD = 'POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\n';
const LENGTH = 'content-length: 1000000\r\n\r\n';

/** @param {import('../helpers/raw.js').RawClient} client */
async function assertTimedOut(client) {
  const response = await client.response();
  assert.equal(response.status, 408);
  assert.equal(response.body, '');
  assert.equal(response.headers.connection, 'close');
  assert.equal((await client.closed()).text, '');
}

const slow = {
  'a head that comes byte by byte': [`${HEAD}x: `, 'x'],
  'a JSON body that comes byte by byte': [`${HEAD}${LENGTH}`, ' '],
  'a chunked JSON body that comes byte by byte': [`${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  'trailers that come byte by byte': [`${HEAD}transfer-encoding: chunked\r\n\r\n0\r\nx: `, 'x'],
};

for (const [what, [start, byte]] of Object.entries(slow)) {
  test(`${what} is 408 after requestTimeoutMs, and the connection is closed`, async (t) => {
    const { port } = await startProbed(t, { limits });
    const client = await connect(t, port);
    await client.write(requestText({ path: '/__runner/task/ping' }));
    assert.equal((await client.response()).status, 200);
    drip(t, client, start, byte);
    await assertTimedOut(client);
    await assertServes(port);
  });
}

/**
 * A server with a task `t`, and the signal of its call.
 *
 * @param {import('node:test').TestContext} t
 * @param {(input: any, context: any) => unknown} handler
 * @param {object} [more] limits
 */
async function serve(t, handler, more) {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await startProbed(t, { limits: { ...limits, ...more } }, (server) => {
    server.registerTask('t', (/** @type {any} */ input, /** @type {any} */ context) => {
      called.resolve(context.signal);
      return handler(input, context);
    });
  });
  return { port, client: await connect(t, port), signal: called.promise };
}

const UPLOAD = `POST /__runner/task/t HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\n${LENGTH}`;

/** @type {Record<string, (input: any, context: any) => unknown>} */
const readers = {
  'is read as it comes': async (_input, { body }) => {
    for await (const chunk of body) chunk.length;
  },
  'is not read': () => new Promise(() => {}),
};

for (const [what, handler] of Object.entries(readers)) {
  test(`an upload that ${what} is 408 after requestTimeoutMs, and the signal aborts`, (t) =>
    withEnoughTime(async (requestTimeoutMs) => {
      const { port, client, signal } = await serve(t, handler, { requestTimeoutMs });
      drip(t, client, UPLOAD, 'x'.repeat(100));
      await assertTimedOut(client);
      await assertServes(port);
      // A call that was not started before its request timed out is never started.
      const called = await Promise.race([signal, undefined]);
      if (called === undefined) return false;
      await aborted(called);
      return true;
    }));
}

test('a form that comes byte by byte does not hold a call that is over', async (t) => {
  const { port, client } = await serve(t, () => 'over');
  const begun = manifest({ file: named('F1') }) + file('F1', 'one').slice(0, -2);
  drip(t, client, formHead('t', 1_000_000) + begun, 'x');
  await assertTimedOut(client);
  await assertServes(port);
});

test('a response that has begun is cut when its request takes longer than requestTimeoutMs', (t) =>
  withEnoughTime(async (requestTimeoutMs) => {
    const pipe = (/** @type {any} */ _input, /** @type {any} */ { body }) => body.pipe(new PassThrough());
    const { port, client, signal } = await serve(t, pipe, { requestTimeoutMs });
    drip(t, client, UPLOAD, 'x');
    const { text } = await client.closed();
    await assertServes(port);
    if (text.startsWith('HTTP/1.1 408 ')) return false;
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(text, /HTTP\/1\.1 408|\r\n0\r\n\r\n$/);
    await aborted(await signal);
    return true;
  }));

test('requestTimeoutMs does not count while a handler runs, or between requests', async (t) => {
  const gate = deferred();
  const { port, client } = await serve(t, () => gate.promise);
  await client.write(requestText({ path: '/__runner/task/t', body: '{"input":1}' }));
  for (let i = 0; i < 2; i += 1) {
    const clock = await connect(t, port);
    drip(t, clock, `${HEAD}x: `, 'x');
    await assertTimedOut(clock);
  }
  gate.resolve();
  assert.equal((await client.response()).status, 200);
  const clock = await connect(t, port);
  drip(t, clock, `${HEAD}x: `, 'x');
  await assertTimedOut(clock);
  await client.write(requestText({ path: '/__runner/task/ping' }));
  assert.equal((await client.response()).status, 200);
});
