// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { Readable } = require('node:stream');
const { startFallback } = require('../helpers/fallback.js');
const { test } = require('../helpers/guarded.js');
const { connect, requestText } = require('../helpers/raw.js');
const { deferred, until } = require('../helpers/signal.js');

/** @type {Record<string, (req: any, res: any) => unknown>} */
const UPLOADS = {
  'is not read': (_req, res) => res.end('done'),
  'is read in part': (req, res) =>
    req.once('data', () => {
      req.pause();
      res.end('done');
    }),
  'is resumed and not waited for': (req, res) => {
    req.resume();
    res.end('done');
  },
  'is read behind the response': (req, res) => {
    req.on('data', () => {});
    res.end('done');
  },
};

for (const [what, listener] of Object.entries(UPLOADS)) {
  test(`an upload that ${what} leaves its connection in order`, async (t) => {
    const { port } = await startFallback(t, listener);
    const client = await connect(t, port);
    const size = 3_000_000;
    client.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n`);
    client.write(Buffer.alloc(size));
    client.write(requestText({ path: '/__runner/task/echo', body: '{"input":"next"}' }));
    assert.equal((await client.response()).body, 'done');
    assert.equal((await client.response()).body, '{"ok":true,"result":"next"}');
  });
}

test('a client that leaves before the response aborts request and response', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await startFallback(t, (req, res) => called.resolve({ req, res }));
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const { req, res } = await called.promise;
  const told = Promise.all([until(req, 'aborted'), until(req, 'close'), until(res, 'close')]);
  client.destroy();
  await told;
  assert.equal(req.aborted, true);
  assert.equal(res.writableFinished, false);
  // Its client has left.
  res.end('late');
});

test('a client that leaves in the middle of the response aborts request and response', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await startFallback(t, (_req, res) => {
    called.resolve(res);
    res.write('x');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('x')) await client.change();
  const res = await called.promise;
  const closed = until(res, 'close');
  client.reset();
  await closed;
  assert.equal(res.writableFinished, false);
});

test('a client that leaves in the middle of its upload aborts the request', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await startFallback(t, (req) => called.resolve(req));
  const client = await connect(t, port);
  await client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\npart');
  const req = await called.promise;
  await once(req, 'data');
  const told = until(req, 'error');
  client.destroy();
  const [error] = await told;
  assert.deepEqual(
    [/** @type {any} */ (error).message, /** @type {any} */ (error).code],
    ['aborted', 'ECONNRESET'],
  );
});

test('a client that leaves ends the stream that is piped to it', async (t) => {
  /** @type {ReturnType<typeof deferred<Readable>>} */
  const piped = deferred();
  const { port } = await startFallback(t, (_req, res) => {
    const source = new Readable({
      read() {
        this.push(Buffer.alloc(1000));
      },
    });
    source.pipe(res);
    res.on('close', () => source.destroy());
    piped.resolve(source);
  });
  const client = await connect(t, port);
  client.socket.pause();
  await client.write(requestText({ method: 'GET', path: '/' }));
  const closed = until(await piped.promise, 'close');
  client.destroy();
  await closed;
});
