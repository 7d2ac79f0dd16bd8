// @ts-check
'use strict';

const { Point } = require('./point.js');

const SHARED = Symbol.for('parity.shared');

class Plain {
  constructor() {
    this.own = 1;
  }

  get inherited() {
    return 2;
  }

  toJSON() {
    return 'from toJSON';
  }
}

/**
 * The values that the task `result` may return, made anew for each call.
 *
 * @type {Record<string, () => unknown>}
 */
const results = {
  // Plain JSON.
  null: () => null,
  true: () => true,
  zero: () => 0,
  'negative zero': () => -0,
  'negative zero within': () => [-0, { zero: -0 }],
  fraction: () => [0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308],
  'beyond safe integers': () => [2 ** 53 + 2, -(2 ** 60)],
  string: () => 'text "quoted" \\ / \b\f\n\r\t \u0000 \u001f \u007f \u2028 \u2029',
  'text beyond ASCII': () => 'é ñ 漢 😀 \u{10ffff}',
  'lone surrogates': () => ['\ud800', '\udfff', 'a\udc00b', '\ud83d', '\udc00\ud800'],
  'surrogate as key': () => ({ '\ud800': 1 }),
  'empty things': () => ['', [], {}, [[]], { a: {} }],
  'integer keys': () => ({ b: 1, 2: 2, a: 3, 1: 4 }),
  'null prototype': () => Object.assign(Object.create(null), { a: 1 }),
  // Values that the serializer writes as records.
  date: () => new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789)),
  'date within': () => ({ at: new Date(0), list: [new Date(1)] }),
  'invalid date': () => new Date(Number.NaN),
  map: () =>
    new Map(
      /** @type {[any, any][]} */ ([
        ['a', 1],
        [{ k: 1 }, new Map([['b', new Date(0)]])],
      ]),
    ),
  set: () => new Set([1, 'two', new Set([3])]),
  bigint: () => 123456789012345678901234567890n,
  'bigint within': () => ({ value: -5n }),
  NaN: () => Number.NaN,
  infinities: () => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  'undefined within': () => ({ a: undefined, b: [undefined] }),
  regexp: () => /a+\/b/giu,
  url: () => new URL('https://user@example.test:8443/path?query=1#hash'),
  'search params': () =>
    new URLSearchParams([
      ['a', '1'],
      ['a', '2 3'],
    ]),
  buffer: () => Buffer.from([0, 127, 128, 255]),
  uint8: () => new Uint8Array([1, 2, 3]),
  'uint8 view': () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  float64: () => new Float64Array([1.5, -0]),
  bigint64: () => new BigInt64Array([-1n]),
  'array buffer': () => new Uint8Array([9, 8]).buffer,
  'data view': () => new DataView(new Uint8Array([7, 6, 5]).buffer, 1),
  'shared symbol': () => SHARED,
  'known symbol': () => [Symbol.iterator, Symbol.asyncIterator],
  point: () => new Point(3, 4),
  'points within': () => ({ list: [new Point(1, 2)], map: new Map([['p', new Point(5, 6)]]) }),
  error: () => Object.assign(new TypeError('told'), { code: 'E_TOLD' }),
  'error within': () => ({ failed: [new Error('inner', { cause: new Error('root') })] }),
  // Values that cannot be serialized.
  function: () => () => 1,
  'function within': () => ({ call() {} }),
  'own symbol': () => Symbol('own'),
  circular: () => {
    /** @type {any} */
    const ring = { name: 'ring' };
    ring.self = ring;
    return ring;
  },
  'circular array': () => {
    /** @type {any[]} */
    const ring = [];
    ring.push([ring]);
    return ring;
  },
  'throwing getter': () => ({
    get a() {
      throw new Error('secret');
    },
  }),
  // Values that JSON.stringify writes differently than the serializer.
  'same object twice': () => {
    const one = { a: 1 };
    return [one, one, { one }];
  },
  'class with toJSON': () => new Plain(),
  'object with own toJSON': () => ({ a: 1, toJSON: () => 'from toJSON' }),
  'hidden own toJSON': () => Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'from toJSON' }),
  'toJSON that is not a function': () => ({ toJSON: 'text' }),
  'array with toJSON': () => Object.assign([1, 2], { toJSON: () => 'from toJSON' }),
  'array with a name': () => Object.assign([1, 2], { extra: 3 }),
  'sparse array': () => {
    const list = new Array(4);
    list[1] = 'one';
    return list;
  },
  'boxed values': () => [Object(1), Object('ab'), Object(true), Object(5n)],
  'weak map': () => new WeakMap(),
  promise: () => ({ later: Promise.resolve(1) }),
  proxy: () => new Proxy({ a: 1 }, {}),
  'symbol keys': () => ({ a: 1, [Symbol('b')]: 2, [SHARED]: 3 }),
  'hidden keys': () => Object.defineProperty({ a: 1 }, 'b', { value: 2 }),
  'inherited keys': () => Object.assign(Object.create({ inherited: 1 }), { own: 2 }),
  getter: () => ({
    get a() {
      return 'got';
    },
  }),
  'reserved keys': () => ({ __type: 'Date', value: 'not a date', __graph: true, nodes: {}, root: 1 }),
  'escaped keys': () => ({ '$runner.escape::a': 1, '$runner.escape::__type': 2, '$runner.escape::': 3 }),
  'reference key': () => ({ __ref: '1', other: { __ref: 'x' } }),
  'unsafe keys': () => JSON.parse('{"__proto__":1,"constructor":2,"prototype":3,"kept":4}'),
  'unsafe keys within': () => [{ deep: JSON.parse('{"a":{"constructor":{"b":1},"c":2}}') }],
  // Values that a TunnelServer streams, and nodeExposure does not.
  'async generator': () => (async function* () {})(),
  'async iterable': () => ({ a: 1, async *[Symbol.asyncIterator]() {} }),
  'web stream': () => ended(),
  'web stream in a wrapper': () => ({ stream: ended(), status: 201 }),
  'bytes in a wrapper': () => ({ body: new Uint8Array([1, 2]), status: 201, contentType: 'text/plain' }),
  'stream that is none': () => ({ stream: 'text', status: 201 }),
  'pipe that is none': () => ({ pipe: 'text' }),
};

/** A stream of the web that has nothing to tell. */
function ended() {
  return new ReadableStream({ start: (controller) => controller.close() });
}

module.exports = { results };
