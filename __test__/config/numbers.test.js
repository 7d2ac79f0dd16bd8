// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, problemsOf, optionsWith } = require('../helpers/options.js');

/** @type {[string, number, number, string][]} */
const INTEGERS = [
  ['cors.maxAge', 0, 31536000, ' (seconds)'],
  ['ioThreads', 1, 64, ''],
  ['limits.maxJsonBytes', 1, 268435456, ' (bytes)'],
  ['limits.maxHeaderBytes', 8192, 1048576, ' (bytes)'],
  ['limits.maxHeaderCount', 1, 3000, ' (headers)'],
  ['limits.maxConnections', 1, 1000000, ' (connections)'],
  ['limits.maxQueuedCalls', 1, 1000000, ' (calls)'],
  ['limits.maxBufferedBodyBytes', 1, 1099511627776, ' (bytes)'],
  ['limits.headersTimeoutMs', 1, 2147483647, ' (milliseconds)'],
  ['limits.requestTimeoutMs', 0, 2147483647, ' (milliseconds)'],
  ['limits.bodyTimeoutMs', 1, 2147483647, ' (milliseconds)'],
  ['limits.minBodyBytesPerSecond', 0, 1000000, ' (bytes per second)'],
  ['limits.keepAliveTimeoutMs', 1, 2147483647, ' (milliseconds)'],
  ['limits.lingerTimeoutMs', 1, 60000, ' (milliseconds)'],
  ['limits.handlerTimeoutMs', 1, 2147483647, ' (milliseconds)'],
  ['workers.acquireTimeoutMs', 0, 2147483647, ' (milliseconds)'],
];

for (const [path, min, max, unit] of INTEGERS) {
  describe(path, () => {
    it(`takes ${min} and ${max}`, () => {
      new Server(optionsWith(path, min));
      new Server(optionsWith(path, max));
    });

    for (const [value, received] of /** @type {[unknown, string][]} */ ([
      [min - 1, String(min - 1)],
      [max + 1, String(max + 1)],
      [min + 0.5, String(min + 0.5)],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
      [String(max), `"${max}"`],
      [BigInt(max), 'a bigint'],
      [null, 'null'],
      [true, 'true'],
      [[max], 'an array'],
      [{}, 'an object'],
      [() => max, 'a function'],
      [Symbol('max'), 'a symbol'],
      [Object(max), 'an object'],
    ])) {
      it(`refuses ${typeof value} ${received} and says what it expects`, () => {
        const problems = problemsOf(optionsWith(path, value));
        assert.deepEqual(problems, [{ path, received, expected: `an integer from ${min} to ${max}${unit}` }]);
      });
    }
  });
}
