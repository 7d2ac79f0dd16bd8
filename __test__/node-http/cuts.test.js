// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { makeExchange, turns } = require('../helpers/exchange.js');
const { test } = require('../helpers/guarded.js');

/** @param {any} emitter @param {string[]} events */
function noted(emitter, events) {
  /** @type {string[]} */
  const seen = [];
  for (const event of events) emitter.on(event, () => seen.push(event));
  return seen;
}

test('a full connection delays later writes, and the end', async () => {
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
  assert.ok(made < 20, `${made} chunks were made in advance`);
  while (wire.writer?.complete === undefined) {
    wire.writer?.take();
    await turns();
  }
  assert.equal(wire.writer.text.length, 200 * 16_000);
});

test('a client that leaves a full connection ends the response without finish', async () => {
  const { res, wire } = makeExchange({ held: true });
  const seen = noted(res, ['drain', 'finish', 'close', 'error']);
  res.write('x'.repeat(20_000));
  res.end('y');
  wire.writer?.leave();
  await turns();
  assert.deepEqual(seen, ['close']);
  assert.equal(wire.writer?.complete, false);
});

test('destroy cuts the response, also before it began', async () => {
  const begun = makeExchange();
  begun.res.write('x');
  begun.res.destroy();
  assert.equal(begun.wire.writer?.complete, false);
  const fresh = makeExchange();
  fresh.res.destroy();
  assert.equal(fresh.wire.writer?.complete, false);
  assert.equal(fresh.wire.writer?.text, '');
});

test('the end of the socket before that of the response cuts it', async () => {
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

test('what is written to the socket before there is a response cuts the connection', async () => {
  const { res, wire } = makeExchange();
  res.socket.write('HTTP/1.1 200 OK\r\n\r\n');
  await turns();
  assert.equal(wire.writer?.complete, false);
  assert.equal(res.closed, true);
});

test('an abort before the response writes nothing', async () => {
  const { exchange, res, wire } = makeExchange();
  exchange.abort();
  await turns();
  assert.equal(res.closed, true);
  assert.equal(wire.head, undefined);
  res.end('late');
  await turns();
  assert.equal(wire.head, undefined);
});
