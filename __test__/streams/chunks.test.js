// @ts-check
'use strict';

const assert = require('node:assert/strict');
const vm = require('node:vm');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');

/**
 * @param {import('node:test').TestContext} t
 * @param {unknown} result of the task
 * @param {Record<string, string>} [headers]
 */
async function responseOf(t, result, headers = {}) {
  const { port } = await startServer(t, {}, (server) => server.registerTask('t', () => result));
  return callTask(port, 't', undefined, { headers });
}

for (const [what, code] of [
  ['a Uint8Array', 'new Uint8Array([97, 98, 99])'],
  ['a part of a Uint8Array', 'new Uint8Array([120, 97, 98, 99, 120]).subarray(1, 4)'],
  ['a DataView', 'new DataView(new Uint8Array([120, 97, 98, 99]).buffer, 1)'],
  ['an ArrayBuffer', 'new Uint8Array([97, 98, 99]).buffer'],
  ['a SharedArrayBuffer', 'new Uint8Array(new SharedArrayBuffer(3)).map((_, at) => at + 97).buffer'],
  ['a Uint16Array', 'new Uint16Array(new Uint8Array([97, 98, 99, 100]).buffer, 0, 1)'],
]) {
  test(`${what} of another realm is bytes, as a chunk and as a body`, async (t) => {
    const bytes = vm.runInNewContext(code);
    const expected = what.includes('16') ? 'ab' : 'abc';
    const stream = async function* chunks() {
      yield bytes;
    };
    assert.equal((await responseOf(t, { stream: stream() })).text, expected);
    assert.equal((await responseOf(t, { body: bytes })).text, expected);
  });
}

test('the next() of an async iterator may give its result at once, as in `for await`', async (t) => {
  let left = 3;
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        left -= 1;
        return left < 0 ? { done: true, value: undefined } : { done: false, value: left };
      },
    }),
  };
  assert.equal((await responseOf(t, iterable)).text, '2\n1\n0\n');
});

test('a next() without a result breaks the response off, and the process lives', async (t) => {
  for (const result of [7, null, undefined]) {
    const iterable = { [Symbol.asyncIterator]: () => ({ next: () => result }) };
    await assert.rejects(responseOf(t, iterable));
  }
});

const EVENTS = { accept: 'text/event-stream' };

async function* one() {
  yield 1;
}

test('an event stream asks proxies neither to keep nor to collect it', async (t) => {
  for (const response of [
    await responseOf(t, one(), EVENTS),
    await responseOf(t, { stream: ['data: 1\n\n'].values(), contentType: 'text/plain' }),
    await responseOf(t, { stream: lines(), contentType: 'Text/Event-Stream; charset=utf-8' }),
    await responseOf(t, { stream: lines(), headers: { 'Content-Type': 'text/event-stream' } }),
  ]) {
    const isEvents = response.headers['content-type'].toLowerCase().startsWith('text/event-stream');
    assert.equal(response.headers['x-accel-buffering'], isEvents ? 'no' : undefined);
    assert.equal(response.headers['cache-control'], isEvents ? 'no-cache' : undefined);
  }
});

async function* lines() {
  yield 'data: 1\n\n';
}

test('headers that a task sets on its event stream are kept', async (t) => {
  const headers = { 'X-Accel-Buffering': 'yes', 'Cache-Control': 'private' };
  const response = await responseOf(t, { stream: lines(), contentType: 'text/event-stream', headers });
  assert.equal(response.headers['x-accel-buffering'], 'yes');
  assert.equal(response.headers['cache-control'], 'private');
});
