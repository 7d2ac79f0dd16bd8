// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { Readable, finished } = require('node:stream');
const { streamedAnswer } = require('../../lib/streams/answer.js');
const { fakeSource, makeExchange, turns } = require('../helpers/exchange.js');
const { test } = require('../helpers/guarded.js');
const { until } = require('../helpers/signal.js');

/** @param {any} emitter @param {string[]} events */
function noted(emitter, events) {
  /** @type {string[]} */
  const seen = [];
  for (const event of events) emitter.on(event, () => seen.push(event));
  return seen;
}

const FAILED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';
const XYZ = ['x', 'y', 'z'];

test('request and response are of the classes of Node', async () => {
  const { req, res } = makeExchange();
  assert.ok(req instanceof http.IncomingMessage);
  assert.ok(res instanceof http.ServerResponse);
});

test('a whole answer is written and ended before its first turn is over', async () => {
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
  assert.equal(first.exchange.begun, false);
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

test('1xx is no status of an answer', async () => {
  const { exchange, res, wire } = makeExchange();
  assert.throws(() => res.writeHead(103), { code: 'ERR_HTTP_INVALID_STATUS_CODE' });
  assert.equal(exchange.begun, false);
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

test('informational answers call back and go nowhere', async () => {
  const { res, wire } = makeExchange();
  await new Promise((resolve) => res.writeContinue(resolve));
  await new Promise((resolve) => res.writeProcessing(resolve));
  await new Promise((resolve) => res.writeEarlyHints({ link: '</a.css>; rel=preload' }, resolve));
  assert.equal(res.headersSent, false);
  res.end('x');
  assert.equal(wire.writer?.text, 'x');
});

test('a full connection holds the writes behind it, and the end', async () => {
  const { res, wire } = makeExchange({ held: true });
  const seen = noted(res, ['drain', 'finish', 'close']);
  const piece = 'x'.repeat(res.writableHighWaterMark);
  assert.equal(res.write(piece), false);
  assert.equal(res.writableNeedDrain, true);
  await turns();
  assert.deepEqual(seen, []);
  wire.writer?.take();
  await turns();
  assert.deepEqual(seen, ['drain']);
  assert.equal(res.writableNeedDrain, false);
  res.write('y');
  res.write('z');
  res.end('!');
  await turns();
  assert.equal(wire.writer?.text, `${piece}yz!`);
  assert.equal(wire.writer?.complete, undefined);
  assert.equal(res.writableFinished, false);
  wire.writer?.take();
  await turns();
  assert.equal(wire.writer?.complete, true);
  assert.equal(res.writableFinished, true);
  assert.deepEqual(seen, ['drain', 'finish', 'close']);
});

test('a stream that is piped is read no faster than the client reads', async () => {
  const { res, wire } = makeExchange({ held: true });
  let made = 0;
  const source = new Readable({
    read() {
      made += 1;
      this.push(made > 200 ? null : Buffer.alloc(16_000));
    },
  });
  source.pipe(res);
  await turns();
  assert.ok(made < 20, `${made} pieces were made for nobody`);
  while (wire.writer?.complete === undefined) {
    wire.writer?.take();
    await turns();
  }
  assert.equal(wire.writer.text.length, 200 * 16_000);
});

test('a client that leaves a full connection ends the answer without finish', async () => {
  const { res, wire } = makeExchange({ held: true });
  const seen = noted(res, ['drain', 'finish', 'close', 'error']);
  res.write('x'.repeat(20_000));
  res.end('y');
  wire.writer?.leave();
  await turns();
  assert.deepEqual(seen, ['close']);
  assert.equal(wire.writer?.complete, false);
});

test('destroy cuts the answer, also before it began', async () => {
  const begun = makeExchange();
  begun.res.write('x');
  begun.res.destroy();
  assert.equal(begun.wire.writer?.complete, false);
  const fresh = makeExchange();
  fresh.res.destroy();
  assert.equal(fresh.wire.writer?.complete, false);
  assert.equal(fresh.wire.writer?.text, '');
});

test('the end of the socket before that of the answer cuts it', async () => {
  for (const end of ['end', 'destroySoon', 'resetAndDestroy']) {
    const { res, wire } = makeExchange();
    res.write('x');
    await turns();
    res.socket[end]();
    await turns();
    assert.equal(wire.writer?.complete, false, end);
    assert.equal(res.destroyed, true);
  }
});

test('what is written to the socket before there is an answer cuts the connection', async () => {
  const { res, wire } = makeExchange();
  res.socket.write('HTTP/1.1 200 OK\r\n\r\n');
  await turns();
  assert.equal(wire.writer?.complete, false);
  assert.equal(res.closed, true);
});

test('an abort before the answer answers nothing', async () => {
  const { exchange, res, wire } = makeExchange();
  exchange.abort();
  await turns();
  assert.equal(res.closed, true);
  assert.equal(wire.head, undefined);
  res.end('late');
  await turns();
  assert.equal(wire.head, undefined);
});

test('a body is read no faster than the listener reads', async () => {
  const source = fakeSource(Array.from({ length: 100 }, () => Buffer.alloc(16_384))).end();
  const { req } = makeExchange({ method: 'POST', source });
  await turns();
  assert.ok(source.reads < 10, `${source.reads} pieces were read for nobody`);
  req.once('readable', () => {});
  await turns();
  assert.ok(source.reads < 20, `${source.reads} pieces were read for nobody`);
  let bytes = 0;
  for await (const chunk of req) bytes += chunk.length;
  assert.equal(bytes, 100 * 16_384);
  assert.equal(req.complete, true);
});

test('a body that nobody has read when the answer is complete is let go', async () => {
  const source = fakeSource(['some']);
  const { req, res } = makeExchange({ method: 'POST', source });
  const seen = noted(req, ['aborted', 'end', 'close']);
  res.end('unread');
  await turns();
  assert.equal(source.closed, true);
  assert.deepEqual(seen, ['end', 'close']);
});

test('a body that was left halfway is let go, and reads as broken off', async () => {
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

test('a client that leaves is noticed though nobody reads its body', async () => {
  const source = fakeSource(['some']);
  const { req, res, wire } = makeExchange({ method: 'POST', source });
  const seen = noted(res, ['error']);
  await turns();
  const closed = Promise.all([until(req, 'aborted'), until(req, 'close'), until(res, 'close')]);
  source.breakOff();
  await closed;
  assert.deepEqual(seen, []);
  // The server still waits for an answer.
  assert.equal(wire.writer?.complete, false);
});

test('a body that drains to nowhere is let go with the answer', async () => {
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

test('a body that is being read is read on behind the answer', async () => {
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

test('a body that breaks off behind the answer says so to its reader', async () => {
  const source = fakeSource(['some ']);
  const { req, res } = makeExchange({ method: 'POST', source });
  req.on('data', () => {});
  res.end('early');
  await turns();
  source.breakOff();
  const [error] = await until(req, 'error');
  assert.equal(/** @type {any} */ (error).code, 'ECONNRESET');
});

test('a socket closes behind the answer', async () => {
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
  assert.deepEqual(socket.address(), {});
});

test('a timeout starts anew with every piece that is read or written', async (t) => {
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

test('a listener that failed before the answer is a 500 without what it had set', async () => {
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

test('a listener that failed behind writeHead is a 500 too: nothing was sent', async () => {
  const { exchange, res, wire } = makeExchange();
  res.writeHead(204, { 'x-half': 'done' });
  exchange.fail();
  assert.equal(wire.head?.status, 500);
  assert.equal(wire.writer?.text, FAILED);
  assert.equal(wire.writer?.complete, true);
});

test('a listener that failed in the middle of its answer cuts it', async () => {
  const { exchange, res, wire } = makeExchange();
  res.write('x');
  exchange.fail();
  assert.equal(wire.writer?.complete, false);
});

test('a listener that failed behind its answer changes nothing', async () => {
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

test('HEAD is told of a failure without a body', async () => {
  const { exchange, wire } = makeExchange({ method: 'HEAD' });
  exchange.fail();
  assert.equal(wire.head?.status, 500);
  assert.equal(wire.writer?.text, '');
  assert.equal(wire.writer?.complete, true);
});

test('a response that was answered otherwise finishes, closes and sends nothing', async () => {
  const { exchange, res, wire } = makeExchange();
  const seen = noted(res, ['finish', 'close', 'error']);
  exchange.settled(404);
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
  exchange.settled(200);
  assert.equal(wire.head?.status, 201);
  assert.equal(res.statusCode, 201);
});

test('an exchange knows whether its response has something for the answer', async () => {
  const preset = /** @type {[string, string][]} */ ([['x-request-id', 'r-1']]);
  assert.equal(makeExchange({ preset }).exchange.touched, false);
  for (const touch of [
    (/** @type {any} */ res) => res.setHeader('x-own', '1'),
    (/** @type {any} */ res) => res.removeHeader('x-request-id'),
    (/** @type {any} */ res) => res.setHeader('x-request-id', 'r-2'),
    (/** @type {any} */ res) => res.write('x'),
  ]) {
    const { exchange, res } = makeExchange({ preset });
    touch(res);
    assert.equal(exchange.touched, true);
  }
});

test('an exchange knows whether it has begun the answer', async () => {
  const { exchange, res } = makeExchange();
  res.setHeader('x-own', '1');
  res.writeHead(200);
  assert.equal(exchange.begun, false);
  res.flushHeaders();
  assert.equal(exchange.begun, true);
});

test('an answer goes out with the headers that were set', async () => {
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
  const answer = streamedAnswer(result, () => undefined);
  assert.ok(answer);
  return answer;
}

test('a streamed answer goes out with the headers that were set', async () => {
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

test('a client that leaves ends the source of a streamed answer', async () => {
  const { exchange, wire } = makeExchange();
  const source = new Readable({ read() {} });
  source.push('x');
  const running = exchange.respondStream(streamed(source));
  while (wire.writer === undefined) await turns();
  wire.writer.leave();
  assert.equal(await running, 'gone');
  await turns();
  assert.equal(source.destroyed, true);
});

test('a stream that comes behind an answer is not read', async () => {
  const { exchange, res, wire } = makeExchange();
  const source = new Readable({ read() {} });
  res.end('x');
  assert.equal(await exchange.respondStream(streamed(source)), 'complete');
  assert.equal(source.destroyed, true);
  assert.equal(wire.writer?.text, 'x');
});

test('a stream that comes in the middle of an answer cuts it', async () => {
  const { exchange, res, wire } = makeExchange();
  const source = new Readable({ read() {} });
  res.write('x');
  await assert.rejects(exchange.respondStream(streamed(source)), { code: 'ERR_HTTP_HEADERS_SENT' });
  assert.equal(source.destroyed, true);
  assert.equal(wire.writer?.complete, false);
});

test('a source that fails midway cuts its answer', async () => {
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
