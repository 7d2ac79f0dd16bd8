// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { makeExchange, turns } = require('../helpers/exchange.js');
const { fakeSource } = require('../helpers/fake-connection.js');
const { test } = require('../helpers/guarded.js');
const { until } = require('../helpers/signal.js');

/** @param {any} emitter @param {string[]} events */
function noted(emitter, events) {
  /** @type {string[]} */
  const seen = [];
  for (const event of events) emitter.on(event, () => seen.push(event));
  return seen;
}

test('a body is read no faster than the listener reads', async () => {
  const source = fakeSource(Array.from({ length: 100 }, () => Buffer.alloc(16_384))).end();
  const { req } = makeExchange({ method: 'POST', source });
  await turns();
  assert.ok(source.reads < 10, `${source.reads} chunks were read in advance`);
  req.once('readable', () => {});
  await turns();
  assert.ok(source.reads < 20, `${source.reads} chunks were read in advance`);
  let bytes = 0;
  for await (const chunk of req) bytes += chunk.length;
  assert.equal(bytes, 100 * 16_384);
  assert.equal(req.complete, true);
});

test('a body that was not read when the response is complete is closed', async () => {
  const source = fakeSource(['some']);
  const { req, res } = makeExchange({ method: 'POST', source });
  const seen = noted(req, ['aborted', 'end', 'close']);
  res.end('unread');
  await turns();
  assert.equal(source.closed, true);
  assert.deepEqual(seen, ['end', 'close']);
});

test('a body that was left halfway is closed, and fails for its reader', async () => {
  const source = fakeSource(['x'.repeat(70_000), 'y']);
  const { req, res } = makeExchange({ method: 'POST', source });
  const seen = noted(req, ['aborted', 'end', 'close']);
  req.once('data', () => req.pause());
  await turns();
  res.end('enough');
  await turns();
  assert.equal(source.closed, true);
  assert.deepEqual(seen, ['close']);
  await assert.rejects(async () => {
    for await (const _ of req);
  });
});

test('a client that leaves is noticed though its body is not read', async () => {
  const source = fakeSource(['some']);
  const { req, res, wire } = makeExchange({ method: 'POST', source });
  const seen = noted(res, ['error']);
  await turns();
  const closed = Promise.all([until(req, 'aborted'), until(req, 'close'), until(res, 'close')]);
  source.breakOff();
  await closed;
  assert.deepEqual(seen, []);
  // The server still waits for a response.
  assert.equal(wire.writer?.complete, false);
});

test('a body that is discarded is closed with the response', async () => {
  const source = fakeSource(['some']);
  const { req, res } = makeExchange({ method: 'POST', source });
  const seen = noted(req, ['aborted', 'end', 'close']);
  req.resume();
  await turns();
  res.end('enough');
  await turns();
  assert.equal(source.closed, true);
  assert.deepEqual(seen, ['end', 'close']);
});

test('a body that is being read can be read on after the response', async () => {
  const source = fakeSource(['some ']);
  const { req, res } = makeExchange({ method: 'POST', source });
  let text = '';
  req.on('data', (/** @type {Buffer} */ chunk) => {
    text += chunk;
  });
  res.end('early');
  await turns();
  assert.equal(source.closed, false);
  source.push('text');
  source.end();
  await until(req, 'end');
  assert.equal(text, 'some text');
});

test('a body that breaks off after the response fails for its reader', async () => {
  const source = fakeSource(['some ']);
  const { req, res } = makeExchange({ method: 'POST', source });
  req.on('data', () => {});
  res.end('early');
  await turns();
  source.breakOff();
  const [error] = await until(req, 'error');
  assert.equal(/** @type {any} */ (error).code, 'ECONNRESET');
});
