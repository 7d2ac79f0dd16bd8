// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { test } = require('../helpers/guarded.js');
const { WINDOW, base64, startReadyWorker } = require('../helpers/worker-client.js');

describe('a body that a worker reads', () => {
  const hashing = () => ({
    tasks: {
      count: async (/** @type {unknown} */ input, /** @type {any} */ { body }) => {
        let bytes = 0;
        for await (const chunk of body) bytes += chunk.length;
        return { bytes, input: input === undefined ? 'none' : input };
      },
      refuse: () => 'not read',
      wait: () => new Promise(() => {}),
    },
  });

  test('arrives in pieces, with credit for what was read', async (t) => {
    const worker = await startReadyWorker(t, hashing);
    const id = worker.task('count', { body: true });
    worker.send({ type: 'chunk', id, data: base64(Buffer.alloc(40_000)) });
    assert.deepEqual(await worker.next(), { type: 'credit', id, bytes: 40_000 });
    worker.send({ type: 'chunk', id, data: base64('abc') });
    worker.send({ type: 'end', id });
    assert.deepEqual(await worker.next(), { id, ok: true, result: { bytes: 40_003, input: 'none' } });
  });

  test('gives no credit while it is not read, and one that comes after the call is ignored', async (t) => {
    const worker = await startReadyWorker(t, hashing);
    const id = worker.task('wait', { body: true });
    worker.send({ type: 'chunk', id, data: base64(Buffer.alloc(WINDOW)) });
    const refused = worker.task('refuse', { body: true });
    assert.deepEqual(await worker.next(), { id: refused, ok: true, result: 'not read' });
    worker.send({ type: 'chunk', id: refused, data: base64('late') });
    worker.send({ type: 'end', id: refused });
    worker.send({ type: 'ping', id: 99 });
    assert.equal((await worker.next()).id, 99);
  });

  test('that breaks off aborts the signal first, and then the reader gets its error', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        read: async (_, { body, signal }) => {
          try {
            for await (const _chunk of body ?? []);
            return 'complete';
          } catch ({ code }) {
            return { code, aborted: signal.aborted };
          }
        },
      },
    }));
    const id = worker.task('read', { body: true });
    worker.send({ type: 'end', id, error: { code: 'ECONNRESET', message: 'gone' } });
    assert.deepEqual((await worker.next()).result, { code: 'ECONNRESET', aborted: true });
  });

  test('that is destroyed tells the server that the rest is not wanted', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        look: async (_, { body, signal }) => {
          body?.destroy();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    }));
    const id = worker.task('look', { body: true });
    assert.deepEqual(await worker.next(), { type: 'skip', id });
  });

  test('that is still read when its call ends breaks off behind what has arrived', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        leave: (_, { body }) => {
          let bytes = 0;
          body?.on('data', (chunk) => {
            bytes += chunk.length;
          });
          body?.on('error', (/** @type {any} */ { code }) => console.log(`${code} after ${bytes}`));
        },
      },
    }));
    const id = worker.task('leave', { body: true });
    assert.deepEqual(await worker.next(), { id, ok: true });
    await worker.prints('ECONNRESET after 0\n');
  });

  test('one that comes in while the response goes out is a conversation', async (t) => {
    const worker = await startReadyWorker(t, () => ({ tasks: { echo: (_, { body }) => body } }));
    const id = worker.task('echo', { body: true });
    assert.equal((await worker.next()).id, id);
    for (const word of ['one', 'two']) {
      worker.send({ type: 'chunk', id, data: base64(word) });
      assert.deepEqual(await worker.next(), { id, chunk: base64(word) });
    }
    worker.send({ type: 'end', id });
    assert.deepEqual(await worker.next(), { id, end: true });
  });
});

describe('files that a worker reads', () => {
  const file = (/** @type {string} */ id, /** @type {object} */ meta = {}) => ({
    $runnerFile: 'File',
    id,
    meta,
  });

  test('stand where the input names them, with what the manifest and their parts say', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        read: async ({ one, list: [two] }) => {
          const texts = [];
          for (const { stream } of [await one.resolve(), await two.resolve()]) {
            let text = '';
            for await (const chunk of stream) text += chunk;
            texts.push(text);
          }
          return { texts, names: [one.name, two.name], types: [one.type, two.type] };
        },
      },
    }));
    const input = { one: file('F1', { name: 'a.txt', type: 'text/plain' }), list: [file('F2')] };
    const id = worker.task('read', { input, files: ['F1', 'F2'] });
    worker.send({ type: 'file', id, file: 'F1', name: 'other.txt', contentType: 'text/html' });
    worker.send({ type: 'chunk', id, file: 'F1', data: base64('first') });
    worker.send({ type: 'end', id, file: 'F1' });
    worker.send({ type: 'file', id, file: 'F2', name: 'b.bin', contentType: 'image/gif' });
    worker.send({ type: 'chunk', id, file: 'F2', data: base64('second') });
    worker.send({ type: 'end', id, file: 'F2' });
    assert.deepEqual((await worker.next()).result, {
      texts: ['first', 'second'],
      names: ['a.txt', 'b.bin'],
      types: ['text/plain', 'image/gif'],
    });
  });

  test('one that is asked for after its call is unavailable', async (t) => {
    const worker = await startReadyWorker(t, () => {
      /** @type {any} */
      let kept;
      return {
        tasks: {
          keep: ({ file }) => {
            kept = file;
          },
          open: () => kept.resolve().catch((/** @type {any} */ error) => error.code),
        },
      };
    });
    const id = worker.task('keep', { input: { file: file('F1') }, files: ['F1'] });
    assert.deepEqual(await worker.next(), { id, ok: true });
    worker.task('open');
    assert.equal((await worker.next()).result, 'FILE_UNAVAILABLE');
  });

  test('one that breaks a limit fails its reader with the code of the response', async (t) => {
    const worker = await startReadyWorker(t, () => ({
      tasks: {
        read: async ({ file }) => {
          const temporary = await file.toTempFile().catch((/** @type {any} */ error) => error.code);
          return temporary;
        },
      },
    }));
    const id = worker.task('read', { input: { file: file('F1') }, files: ['F1'] });
    worker.send({ type: 'file', id, file: 'F1', name: 'a', contentType: 'text/plain' });
    worker.send({
      type: 'end',
      id,
      file: 'F1',
      error: { code: 'PAYLOAD_TOO_LARGE', message: 'Payload Too Large' },
    });
    assert.deepEqual(await worker.next(), { id, ok: true, result: 'PAYLOAD_TOO_LARGE' });
  });
});
