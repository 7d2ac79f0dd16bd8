// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { peer } = require('../../runner/peer.js');
const { plainInput, plainOutput } = require('../../runner/json-fast-path.js');
const { test } = require('../helpers/guarded.js');
const { randomSource } = require('../helpers/random.js');
const { Money, mixedValue, nested, plainValue } = require('../helpers/runner-values.js');

/** @typedef {(result: unknown) => string | undefined} Writer */

const money = {
  id: 'Money',
  is: (/** @type {unknown} */ value) => value instanceof Money,
  serialize: (/** @type {Money} */ value) => value.cents,
  deserialize: (/** @type {number} */ cents) => new Money(cents),
};
const labelled = {
  id: 'Labelled',
  is: (/** @type {any} */ value) => value.name === 'text',
  serialize: () => 'labelled',
  deserialize: () => ({}),
};
const broken = {
  id: 'Broken',
  is: () => {
    throw new Error('cannot tell');
  },
  serialize: () => 'broken',
  deserialize: () => ({}),
};

/** @param {any} [options] @param {any[]} [types] */
function serializerWith(options, types = []) {
  const serializer = /** @type {any} */ (new peer.Serializer(options));
  for (const type of types) serializer.addType(type);
  return serializer;
}

/**
 * Whether the writer writes a value. Compares what it writes with the serializer, byte by byte.
 *
 * @param {any} serializer
 * @param {Writer} write
 * @param {unknown} value
 */
function writes(serializer, write, value) {
  const text = write(value);
  if (text === undefined) return false;
  const expected = serializer.stringify({ ok: true, result: value });
  assert.equal(`{"ok":true,"result":${text}}`, expected);
  return true;
}

for (const [name, types] of /** @type {Array<[string, any[]]>} */ ([
  ['without types of its own', []],
  ['with a class of its own', [money]],
  ['with a type that throws, and one that takes plain objects', [broken, labelled]],
])) {
  test(`what is written without the serializer of an application ${name} is what that would write`, async () => {
    const serializer = serializerWith({}, types);
    const write = plainOutput(serializer);
    const random = randomSource(20_240);
    let written = 0;
    for (let count = 0; count < 8_000; count += 1) {
      if (writes(serializer, write, mixedValue(random))) written += 1;
    }
    assert.ok(written > 1_000 && written < 8_000, `${written} of them were written`);
  });
}

test('plain data never needs the serializer', async () => {
  for (const types of [[], [money, broken]]) {
    const serializer = serializerWith({}, types);
    const write = plainOutput(serializer);
    const random = randomSource(7);
    for (let count = 0; count < 8_000; count += 1) assert.ok(writes(serializer, write, plainValue(random)));
  }
});

test('a result that is undefined is written as the record that the serializer makes of it', async () => {
  const serializer = serializerWith();
  assert.ok(writes(serializer, plainOutput(serializer), undefined));
});

test('a type that claims the envelope, or an object in it, leaves everything to the serializer', async () => {
  for (const is of [
    (/** @type {any} */ value) => value?.ok === true,
    (/** @type {any} */ value) => value?.a === 1,
  ]) {
    const serializer = serializerWith({}, [{ ...money, is }]);
    assert.equal(plainOutput(serializer)({ list: [{ a: 1 }] }), undefined);
  }
});

test('a type that is added later counts from then on', async () => {
  const serializer = serializerWith();
  const write = plainOutput(serializer);
  assert.equal(write({ name: 'text' }), '{"name":"text"}');
  serializer.addType(labelled);
  assert.equal(write({ name: 'text' }), undefined);
  assert.equal(write({ name: 'other' }), '{"name":"other"}');
});

test('the serializer is left out down to its own deepest level, and no deeper', async () => {
  for (const maxDepth of [0, 1, 2, 3, 7, 1000, Number.POSITIVE_INFINITY]) {
    const serializer = serializerWith({ maxDepth });
    const write = plainOutput(serializer);
    const deepest = Math.min(maxDepth, 1000);
    for (const levels of [0, 1, 2, 6, 7, 998, 999, 1000, 1100]) {
      // The envelope is one more level.
      assert.equal(writes(serializer, write, nested(levels)), levels < deepest, `${levels} of ${maxDepth}`);
    }
  }
});

test('a cycle is found long before the deepest level', async () => {
  let reads = 0;
  const node = {
    get asked() {
      reads += 1;
      return reads;
    },
    child: {},
  };
  node.child = { parent: node };
  assert.equal(plainOutput(serializerWith())({ deeply: [{ node }] }), undefined);
  assert.ok(reads < 20, `${reads} times around`);
});

test('a getter that throws is heard', async () => {
  const value = {
    get secret() {
      throw new RangeError('unreadable');
    },
  };
  assert.throws(() => plainOutput(serializerWith())(value), RangeError);
});

test('a serializer that is not as Runner made it writes and reads everything itself', async () => {
  class Own extends peer.Serializer {}
  /** @param {string} method */
  const changed = (method) => Object.assign(serializerWith(), { [method]: () => '' });
  const others = [
    { stringify: JSON.stringify, parse: JSON.parse },
    Object.create(serializerWith()),
    new Own(),
    serializerWith({ pretty: true }),
    Object.assign(serializerWith(), { typeRegistry: undefined }),
    Object.assign(serializerWith(), { runtimeOptions: { maxDepth: 1000 } }),
    undefined,
    null,
  ];
  for (const other of [...others, changed('stringify'), changed('jsonStringify')]) {
    assert.equal(plainOutput(other)({ a: 1 }), undefined);
  }
  for (const other of [...others, changed('parse'), changed('deserialize')]) {
    assert.equal(plainInput(other)(), false);
  }
});

test('a serializer that is changed later is noticed', async () => {
  const serializer = serializerWith();
  const [write, reads] = [plainOutput(serializer), plainInput(serializer)];
  assert.deepEqual([write(1), reads()], ['1', true]);
  serializer.stringify = () => 'own';
  assert.deepEqual([write(1), reads()], [undefined, true]);
  serializer.parse = () => 'own';
  assert.equal(reads(), false);
});

test('text may be read without the serializer where that reads as deep as the core does', async () => {
  for (const [maxDepth, plain] of [
    [undefined, true],
    [1000, true],
    [Number.POSITIVE_INFINITY, true],
    [999, false],
  ]) {
    assert.equal(plainInput(serializerWith({ maxDepth }))(), plain, String(maxDepth));
  }
});
