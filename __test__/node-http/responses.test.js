// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable, finished } = require('node:stream');
const { streamingResponse } = require('../../lib/streams/response.js');
const { makeExchange, turns } = require('../helpers/exchange.js');
const { test } = require('../helpers/guarded.js');

/** @param {any} emitter @param {string[]} events */
function noted(emitter, events) {
  /** @type {string[]} */
  const seen = [];
  for (const event of events) emitter.on(event, () => seen.push(event));
  return seen;
}

test('a response that was answered otherwise finishes, closes and sends nothing', async () => {
  const { exchange, res, wire } = makeExchange();
  const seen = noted(res, ['finish', 'close', 'error']);
  exchange.finishBypassed(404);
  assert.equal(res.statusCode, 404);
  assert.equal(res.writableEnded, true);
  await turns();
  assert.deepEqual(seen, ['finish', 'close']);
  assert.equal(wire.head, undefined);
});

test('a response that has answered itself is not settled again', async () => {
  const { exchange, res, wire } = makeExchange();
  res.statusCode = 201;
  res.end('x');
  exchange.finishBypassed(200);
  assert.equal(wire.head?.status, 201);
  assert.equal(res.statusCode, 201);
});

test('an exchange knows whether something is set on its response', async () => {
  const preset = /** @type {[string, string][]} */ ([['x-request-id', 'r-1']]);
  assert.equal(makeExchange({ preset }).exchange.isModified, false);
  for (const touch of [
    (/** @type {any} */ res) => res.setHeader('x-own', '1'),
    (/** @type {any} */ res) => res.removeHeader('x-request-id'),
    (/** @type {any} */ res) => res.setHeader('x-request-id', 'r-2'),
    (/** @type {any} */ res) => res.write('x'),
  ]) {
    const { exchange, res } = makeExchange({ preset });
    touch(res);
    assert.equal(exchange.isModified, true);
  }
});

test('an exchange knows whether it has begun the response', async () => {
  const { exchange, res } = makeExchange();
  res.setHeader('x-own', '1');
  res.writeHead(200);
  assert.equal(exchange.hasBegun, false);
  res.flushHeaders();
  assert.equal(exchange.hasBegun, true);
});

test('a response goes out with the headers that were set', async () => {
  const { exchange, res, wire } = makeExchange();
  res.statusCode = 404;
  res.setHeader('set-cookie', ['a=1', 'b=2']);
  res.setHeader('content-type', 'overruled');
  exchange.respond(200, [['content-type', 'application/json']], '{"ö":1}');
  assert.equal(wire.head?.status, 200);
  const { headers = [] } = wire.head ?? {};
  assert.deepEqual(
    headers.filter(([name]) => name !== 'date'),
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['content-type', 'application/json'],
      ['content-length', '8'],
    ],
  );
  assert.equal(wire.writer?.complete, true);
});

/** @param {any} result */
function streamed(result) {
  const response = streamingResponse(result, () => undefined);
  assert.ok(response);
  return response;
}

test('a streamed response goes out with the headers that were set', async () => {
  const { exchange, res, wire } = makeExchange({ held: true });
  res.setHeader('x-own', '1');
  const pieces = Array.from({ length: 5 }, (_, n) => String(n).repeat(20_000));
  const running = exchange.respondStream(streamed({ stream: Readable.from(pieces), status: 202 }));
  while (wire.writer?.complete === undefined) {
    await turns();
    wire.writer?.take();
  }
  assert.equal(await running, 'complete');
  assert.equal(wire.head?.status, 202);
  assert.ok(wire.head.headers.some(([name]) => name === 'x-own'));
  assert.equal(wire.writer.text, pieces.join(''));
  assert.equal(wire.writer.complete, true);
});

test('a client that leaves ends the source of a streamed response', async () => {
  const { exchange, wire } = makeExchange();
  const source = new Readable({ read() {} });
  source.push('x');
  const running = exchange.respondStream(streamed(source));
  while (wire.writer === undefined) await turns();
  wire.writer.leave();
  assert.equal(await running, 'client-left');
  await turns();
  assert.equal(source.destroyed, true);
});

test('a stream that is returned after a response is not read', async () => {
  const { exchange, res, wire } = makeExchange();
  const source = new Readable({ read() {} });
  res.end('x');
  assert.equal(await exchange.respondStream(streamed(source)), 'complete');
  assert.equal(source.destroyed, true);
  assert.equal(wire.writer?.text, 'x');
});

test('a stream that comes in the middle of a response cuts it', async () => {
  const { exchange, res, wire } = makeExchange();
  const source = new Readable({ read() {} });
  res.write('x');
  await assert.rejects(exchange.respondStream(streamed(source)), { code: 'ERR_HTTP_HEADERS_SENT' });
  assert.equal(source.destroyed, true);
  assert.equal(wire.writer?.complete, false);
});

test('a source that fails midway cuts its response', async () => {
  const { exchange, wire } = makeExchange();
  async function* pieces() {
    yield 'x';
    throw new Error('midway');
  }
  await assert.rejects(exchange.respondStream(streamed({ stream: pieces() })), /midway/);
  assert.equal(wire.writer?.complete, false);
});

test('finished of a response calls back without an error', async () => {
  const { res } = makeExchange();
  /** @type {Promise<unknown>} */
  const done = new Promise((resolve) => finished(res, resolve));
  res.end('x');
  assert.equal(await done, undefined);
});
