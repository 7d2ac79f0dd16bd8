// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Pump } = require('../../lib/streams/pump.js');
const { StreamSignal, WriteResult } = require('../../lib/wire.js');

test('a client that is found to have left by a write is reported once, before its record arrives', async () => {
  let told = 0;
  let cancelled = 0;
  const native = /** @type {any} */ ({ writeStream: () => WriteResult.CLOSED, endStream: () => {} });
  const chunks = {
    next: async () => ({ done: false, value: 'chunk' }),
    cancel: () => {
      cancelled += 1;
    },
  };
  const response = { status: 200, headers: [], chunks, encode: () => Buffer.from('chunk') };
  const pump = new Pump(native, 1, response, () => {
    told += 1;
  });
  assert.equal(await pump.run(), 'client-left');
  assert.deepEqual({ told, cancelled }, { told: 1, cancelled: 1 });
  // The record.
  pump.signal(StreamSignal.CLOSED);
  assert.deepEqual({ told, cancelled }, { told: 1, cancelled: 1 });
});
