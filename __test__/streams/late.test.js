// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { connect, requestText } = require('../helpers/raw.js');
const { makeServer } = require('../helpers/server.js');
const { aborted, deferred, until } = require('../helpers/signal.js');

/** @type {[string, (stopped: () => void) => unknown][]} */
const RESULTS = [
  ['a Readable', (stopped) => silent().on('close', stopped)],
  ['{ stream } with a Readable', (stopped) => ({ stream: silent().on('close', stopped) })],
  ['a web ReadableStream', (stopped) => new ReadableStream({ cancel: stopped })],
  ['an async iterable', iterable],
  ['{ stream } with an async iterable', (stopped) => ({ stream: iterable(stopped) })],
];

/** A stream of which nothing comes. */
function silent() {
  return new Readable({ read() {} });
}

/** @param {() => void} stopped */
function iterable(stopped) {
  const next = () => new Promise(() => {});
  const stop = async () => {
    stopped();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: stop }) };
}

/** @type {[string, (server: any, client: import('../helpers/raw.js').RawClient) => unknown][]} */
const ENDS = [
  ['the server has cut its call', (server) => server.close({ timeoutMs: 0 })],
  ['its client has left', (_server, client) => client.destroy()],
];

for (const [what, result] of RESULTS) {
  for (const [when, end] of ENDS) {
    test(`${what} that a task returns when ${when} is stopped`, async (t) => {
      const started = deferred();
      const left = deferred();
      const stopped = deferred();
      const server = makeServer();
      t.after(() => server.close({ timeoutMs: 0 }));
      server.registerTask('late', async (_input, { signal }) => {
        started.resolve();
        await aborted(signal);
        await left.promise;
        return result(stopped.resolve);
      });
      const { port } = await server.listen();
      const client = await connect(t, port);
      await client.write(requestText({ path: '/__runner/task/late' }));
      await started.promise;
      await end(server, client);
      left.resolve();
      await stopped.promise;
    });
  }
}

test('a response that a task has begun and does not write ends with the server', async (t) => {
  const server = makeServer();
  t.after(() => server.close({ timeoutMs: 0 }));
  const stream = silent();
  server.registerTask('silent', () => stream);
  const { port } = await server.listen();
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/silent' }));
  await client.change();
  const closed = until(stream, 'close');
  await server.close({ timeoutMs: 0 });
  await closed;
  assert.ok(stream.destroyed);
});

test('a listener that responds when the server has cut its request learns that its client has left', async (t) => {
  /** @type {ReturnType<typeof deferred<import('node:http').ServerResponse>>} */
  const begun = deferred();
  const server = makeServer({
    fallback: (/** @type {any} */ _req, /** @type {any} */ res) => begun.resolve(res),
  });
  t.after(() => server.close({ timeoutMs: 0 }));
  const { port } = await server.listen();
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/elsewhere' }));
  const res = await begun.promise;
  const closed = until(res, 'close');
  await server.close({ timeoutMs: 0 });
  res.write('late');
  await closed;
  assert.ok(!res.writableFinished);
});
