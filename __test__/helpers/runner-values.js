// @ts-check
'use strict';

const { pick } = require('./random.js');

class Money {
  /** @param {number} cents */
  constructor(cents) {
    this.cents = cents;
  }
}

class List extends Array {}

const KEYS = [
  'a',
  'id',
  'name',
  '',
  '0',
  '17',
  'length',
  '__ref',
  'value',
  'raw',
  'proto_type',
  '$runner.escape:',
];
const MARKED = [
  '__type',
  '__graph',
  '__proto__',
  'constructor',
  'prototype',
  '$runner.escape::',
  '$runner.escape::x',
];
const TEXTS = ['', 'text', '"\\\n\u0000', '\u2028é😀', '\ud800', 'x'.repeat(300), '__proto__'];
const NUMBERS = [0, -0, 1, -7, 0.1, 1e21, 5e-324, 2 ** 53, Number.MAX_VALUE];
const LEAVES = [null, true, false, ...TEXTS, ...NUMBERS];

/**
 * Values that the serializer does not write as JSON does, or that are read in another way.
 *
 * @type {Array<() => unknown>}
 */
const SPECIAL = [
  () => undefined,
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => 12n,
  () => Symbol.for('runner'),
  () => Symbol('unique'),
  () => () => 1,
  () => new Date(0),
  () => new Date(Number.NaN),
  () => /x/gi,
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new RangeError('message'),
  () => new URL('http://localhost/'),
  () => Buffer.from('bytes'),
  () => new Uint8Array(2),
  () => new Money(100),
  () => Object(7),
  () => Object('boxed'),
  () => Object.create({ inherited: 1 }),
  () => Object.create({ inherited: undefined }),
  () => new Array(2),
  () => List.from([1, 2]),
  () => Object.assign([1], { toJSON: () => 'list' }),
  () => ({ toJSON: () => 'own' }),
  () => ({ toJSON: 'data' }),
  () => Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'hidden' }),
  () => Object.defineProperty({ a: 1 }, 'hidden', { value: undefined }),
  () => Object.defineProperty({}, 'computed', { enumerable: true, get: () => 7 }),
  () => ({ [Symbol.iterator]: 1, a: 1 }),
  () => new Proxy({ a: [1] }, {}),
  () => new Proxy([1, undefined], {}),
  () => ({ rawJSON: '1' }),
  () => /** @type {any} */ (JSON).rawJSON?.('1') ?? null,
  cycle,
  () => [[[cycle()]]],
];

function cycle() {
  /** @type {any} */
  const node = { name: 'node', children: [{ name: 'child', tags: ['a'] }] };
  node.children[0].parent = node;
  return node;
}

/**
 * A value that is plain JSON data throughout.
 *
 * @param {() => number} random
 * @param {number} [depth] how deep it may nest
 * @returns {unknown}
 */
function plainValue(random, depth = 5) {
  return value(random, depth, 0);
}

/**
 * A value that has parts that are not plain.
 *
 * @param {() => number} random
 * @returns {unknown}
 */
function mixedValue(random) {
  return value(random, 5, 0.08);
}

/**
 * @param {() => number} random
 * @param {number} depth
 * @param {number} share of what is not plain
 * @returns {unknown}
 */
function value(random, depth, share) {
  if (random() < share) return pick(random, SPECIAL)();
  const shape = random();
  if (depth === 0 || shape < 0.4) return pick(random, LEAVES);
  const size = Math.floor(random() * 5);
  if (shape < 0.6) return Array.from({ length: size }, () => value(random, depth - 1, share));
  /** @type {Record<string, unknown>} */
  const record = shape < 0.65 ? Object.create(null) : {};
  const shared = value(random, depth - 1, share);
  for (let at = 0; at < size; at += 1) {
    const key = random() < share ? pick(random, MARKED) : pick(random, KEYS);
    const item = random() < 0.1 ? shared : value(random, depth - 1, share);
    Object.defineProperty(record, key, { value: item, enumerable: true, configurable: true, writable: true });
  }
  return record;
}

/** @param {number} levels of arrays, around a number */
function nested(levels) {
  /** @type {unknown} */
  let inner = 1;
  for (let level = 0; level < levels; level += 1) inner = level % 2 === 0 ? [inner] : { inner };
  return inner;
}

module.exports = { Money, mixedValue, nested, plainValue };
