// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { test } = require('../helpers/guarded.js');
const { WINDOW, base64, startReadyWorker } = require('../helpers/worker-client.js');

describe('a response that is streamed by a worker', () => {
  test('goes out with its head, its chunks and its end', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        respond: () => ({
          status: 206,
          contentType: 'text/plain',
          headers: { 'x-a': '1', link: /** @type {any} */ (['<a>', '<b>']) },
          stream: require('node:stream').Readable.from(['one', Buffer.from('two')]),
        }),
      },
    }));
    const id = worker.task('respond');
    assert.deepEqual(await worker.next(), {
      id,
      stream: { status: 206, contentType: 'text/plain', headers: { 'x-a': '1', link: ['<a>', '<b>'] } },
    });
    assert.deepEqual(await worker.next(), { id, chunk: base64('one') });
    assert.deepEqual(await worker.next(), { id, chunk: base64('two') });
    assert.deepEqual(await worker.next(), { id, end: true });
  });

  test('is server-sent events where the request accepts them, of web streams and iterables alike', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        iterable: async function* () {
          yield { at: 1 };
        },
        web: () => new Response('web').body,
        bytes: () => ({ body: Buffer.from('bytes'), contentType: 'image/gif' }),
      },
    }));
    worker.task('iterable', { context: { headers: { accept: 'text/event-stream' } } });
    assert.equal((await worker.next()).stream.contentType, 'text/event-stream');
    assert.equal((await worker.next()).chunk, base64('data: {"at":1}\n\n'));
    await worker.next();
    worker.task('web');
    assert.equal((await worker.next()).stream.contentType, 'application/octet-stream');
    assert.equal((await worker.next()).chunk, base64('web'));
    await worker.next();
    worker.task('bytes');
    assert.equal((await worker.next()).stream.contentType, 'image/gif');
    assert.equal((await worker.next()).chunk, base64('bytes'));
  });

  test('waits for credit once the window is full, and goes on by as much as it gets', async (t) => {
    const worker = await startReadyWorker(t, () => {
      let made = 0;
      return {
        tasks: {
          large: () => ({
            stream: (async function* () {
              for (; made < 40; made += 1) yield Buffer.alloc(0x4000, made);
            })(),
          }),
          made: () => made,
        },
      };
    });
    const id = worker.task('large');
    const { stream } = await worker.next();
    assert.equal(stream.status, 200);
    let received = 0;
    while (received < WINDOW) received += Buffer.from((await worker.next()).chunk, 'base64').length;
    worker.task('made');
    assert.equal((await worker.next()).result, 3);
    worker.send({ type: 'credit', id, bytes: 1_000_000_000 });
    let message = await worker.next();
    while (message.chunk !== undefined) message = await worker.next();
    assert.deepEqual(message, { id, end: true });
  });

  test('a chunk that is larger than a line goes out in several', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: { large: () => ({ body: Buffer.alloc(200_000, 'é') }) },
    }));
    const id = worker.task('large');
    await worker.next();
    worker.send({ type: 'credit', id, bytes: 200_000 });
    const pieces = [];
    for (let message = await worker.next(); message.chunk !== undefined; message = await worker.next()) {
      assert.ok(message.chunk.length <= WINDOW);
      pieces.push(Buffer.from(message.chunk, 'base64'));
    }
    assert.deepEqual(Buffer.concat(pieces), Buffer.alloc(200_000, 'é'));
  });

  test('one that breaks off ends with an error, and one whose client has left ends its producer', async (t) => {
    const worker = await startReadyWorker(t, () => {
      let isEnded = false;
      return {
        tasks: {
          breaks: async function* () {
            yield 1;
            throw new Error('out of data');
          },
          endless: async function* () {
            try {
              for (;;) yield 'x'.repeat(1000);
            } finally {
              isEnded = true;
            }
          },
          isEnded: () => isEnded,
        },
      };
    });
    const broken = worker.task('breaks');
    await worker.next();
    await worker.next();
    const { id, ok, error } = await worker.next();
    assert.deepEqual({ id, ok, message: error.message }, { id: broken, ok: false, message: 'out of data' });

    const endless = worker.task('endless');
    await worker.next();
    worker.send({ type: 'cancel', id: endless, reason: 'client-left' });
    let message = await worker.next();
    while (message.chunk !== undefined) message = await worker.next();
    assert.deepEqual(message, { id: endless, end: true });
    worker.task('isEnded');
    assert.equal((await worker.next()).result, true);
  });
});
