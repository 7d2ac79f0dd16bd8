// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { makeExchange, turns } = require('../helpers/exchange.js');
const { fakeSource } = require('../helpers/fake-connection.js');
const { test } = require('../helpers/guarded.js');

const FAILED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/** @param {any} emitter @param {string[]} events */
function noted(emitter, events) {
  /** @type {string[]} */
  const seen = [];
  for (const event of events) emitter.on(event, () => seen.push(event));
  return seen;
}

test('a socket closes after the response', async () => {
  const { req, res } = makeExchange();
  const { socket } = req;
  const seen = noted(socket, ['close', 'error']);
  res.end();
  await turns();
  assert.deepEqual(seen, ['close']);
  assert.equal(socket.readyState, 'closed');
  assert.equal(res.socket, null);
});

test('a socket has what frameworks ask of one', async () => {
  const { req } = makeExchange();
  const { socket } = req;
  for (const chained of ['setNoDelay', 'setKeepAlive', 'ref', 'unref'])
    assert.equal(socket[chained](), socket);
  assert.equal(socket.setTimeout(0), socket);
  assert.throws(() => socket.setTimeout(-1), { code: 'ERR_OUT_OF_RANGE' });
  assert.equal(socket.remotePort, 4711);
  assert.equal(socket.readyState, 'open');
  assert.deepEqual([socket.connecting, socket.pending, socket.encrypted], [false, false, undefined]);
  assert.deepEqual(socket.address(), { address: '127.0.0.1', family: 'IPv4', port: 7070 });
});

test('a timeout restarts with every chunk that is read or written', async (t) => {
  const source = fakeSource(['a']);
  const { req, res } = makeExchange({ method: 'POST', source });
  t.mock.method(req.socket, 'touch');
  req.on('data', () => {});
  await turns();
  const read = req.socket.touch.mock.callCount();
  assert.ok(read > 0);
  res.write('x');
  await turns();
  assert.ok(req.socket.touch.mock.callCount() > read);
});

test('a listener that failed before the response is a 500 without what it had set', async () => {
  const { exchange, res, wire } = makeExchange();
  res.statusCode = 201;
  res.statusMessage = 'Made';
  res.setHeader('x-half', 'done');
  res.setHeader('transfer-encoding', 'chunked');
  exchange.fail();
  assert.equal(wire.head?.status, 500);
  assert.equal(wire.writer?.text, FAILED);
  assert.deepEqual(
    wire.head?.headers.filter(([name]) => name !== 'date'),
    [
      ['content-type', 'application/json; charset=utf-8'],
      ['content-length', String(FAILED.length)],
    ],
  );
  await turns();
  assert.equal(res.closed, true);
});

test('a listener that fails after writeHead is a 500 too, since nothing was sent', async () => {
  const { exchange, res, wire } = makeExchange();
  res.writeHead(204, { 'x-half': 'done' });
  exchange.fail();
  assert.equal(wire.head?.status, 500);
  assert.equal(wire.writer?.text, FAILED);
  assert.equal(wire.writer?.complete, true);
});

test('a listener that failed in the middle of its response cuts it', async () => {
  const { exchange, res, wire } = makeExchange();
  res.write('x');
  exchange.fail();
  assert.equal(wire.writer?.complete, false);
});

test('a listener that fails after its response changes nothing', async () => {
  const { exchange, res, wire } = makeExchange();
  res.end('x');
  exchange.fail();
  await turns();
  exchange.fail();
  assert.equal(wire.writer?.complete, true);
  assert.equal(wire.writer?.text, 'x');
});

test('a listener whose wrapped response fails again is cut', async () => {
  const { exchange, res, wire } = makeExchange();
  res.writeHead = () => {
    throw new Error('again');
  };
  exchange.fail();
  assert.equal(wire.writer?.complete, false);
});

test('HEAD gets a failure without a body', async () => {
  const { exchange, wire } = makeExchange({ method: 'HEAD' });
  exchange.fail();
  assert.equal(wire.head?.status, 500);
  assert.equal(wire.writer?.text, '');
  assert.equal(wire.writer?.complete, true);
});
