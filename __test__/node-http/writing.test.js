// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { makeExchange } = require('../helpers/exchange.js');
const { test } = require('../helpers/guarded.js');

const XYZ = ['x', 'y', 'z'];

test('request and response are of the classes of Node', async () => {
  const { req, res } = makeExchange();
  assert.ok(req instanceof http.IncomingMessage);
  assert.ok(res instanceof http.ServerResponse);
});

test('a whole response is written and ended before its first turn is over', async () => {
  const { res, wire } = makeExchange();
  res.setHeader('set-cookie', ['a=1', 'b=2']);
  res.end('all');
  assert.deepEqual(
    wire.head?.headers.filter(([name]) => name !== 'date'),
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['content-length', '3'],
    ],
  );
  assert.equal(wire.writer?.text, 'all');
  assert.equal(wire.writer?.complete, true);
});

test('the pieces of one turn are written as one', async () => {
  const { res, wire } = makeExchange();
  for (const piece of XYZ) res.write(piece);
  res.end();
  assert.deepEqual(wire.writer?.chunks.map(String), ['xyz']);
});

test('pieces that are large go on in several', async () => {
  const { res, wire } = makeExchange();
  for (const piece of XYZ) res.write(piece.repeat(40_000));
  res.end();
  assert.deepEqual(
    wire.writer?.chunks.map((chunk) => chunk.length),
    [40_000, 40_000, 40_000],
  );
  assert.equal(wire.writer?.complete, true);
});

test('the head goes out with the first piece of the body, or by flushHeaders', async () => {
  const first = makeExchange();
  first.res.writeHead(200);
  assert.equal(first.exchange.hasBegun, false);
  first.res.write('x');
  assert.equal(first.wire.head?.status, 200);
  const flushed = makeExchange();
  flushed.res.flushHeaders();
  assert.equal(flushed.wire.head?.status, 200);
  assert.equal(flushed.wire.writer?.complete, undefined);
});

test('how the body is framed is left to the server', async () => {
  const { res, wire } = makeExchange();
  const hop = { connection: 'keep-alive', 'keep-alive': 'timeout=5', upgrade: 'x', trailer: 'y' };
  res.writeHead(200, { ...hop, 'transfer-encoding': 'chunked', 'content-length': '9', 'x-kept': '1' });
  res.end('body');
  assert.deepEqual(
    wire.head?.headers.map(([name]) => name),
    ['x-kept', 'date'],
  );
  assert.equal(wire.writer?.text, 'body');
});

test('chunkedEncoding that is set by hand frames nothing', async () => {
  const { res, wire } = makeExchange();
  res.chunkedEncoding = true;
  res.write('a');
  res.end('b');
  assert.equal(wire.writer?.text, 'ab');
});

test('1xx is no status of a response', async () => {
  const { exchange, res, wire } = makeExchange();
  assert.throws(() => res.writeHead(103), { code: 'ERR_HTTP_INVALID_STATUS_CODE' });
  assert.equal(exchange.hasBegun, false);
  exchange.fail();
  assert.equal(wire.head?.status, 500);
});

test('a content-length that is no number of bytes throws', async () => {
  for (const length of ['abc', '-1', '1.5', ['1', '2']]) {
    const { res, wire } = makeExchange();
    res.setHeader('content-length', length);
    assert.throws(() => res.end('x'), { message: /content-length of a response: received/ });
    assert.equal(wire.head, undefined);
  }
});

test('informational responses call back and go nowhere', async () => {
  const { res, wire } = makeExchange();
  await new Promise((resolve) => res.writeContinue(resolve));
  await new Promise((resolve) => res.writeProcessing(resolve));
  await new Promise((resolve) => res.writeEarlyHints({ link: '</a.css>; rel=preload' }, resolve));
  assert.equal(res.headersSent, false);
  res.end('x');
  assert.equal(wire.writer?.text, 'x');
});
