// @ts-check
'use strict';

/** The methods of the serializer of Runner 5.5. One with others is another version. */
const METHODS = ['addType', 'constructor', 'deserialize', 'jsonStringify', 'parse', 'serialize', 'stringify'];

/** How Runner's serializer writes undefined, such as the result of a task that returns nothing. */
const UNDEFINED = '{"__type":"Undefined","value":null}';

const SHARED = { shared: [true] };

/** Plain data that the serializer writes and reads as `JSON` does. */
const SAMPLES = [
  { ok: true, result: { text: 'a\u2028"\\\n\u0000é😀', list: [1, -0, null, [], {}], '': { $ref: true } } },
  { ok: true, result: [0.1, -7, 1e21, 5e-324, 2 ** 53, Number.MAX_VALUE, 'x'.repeat(300), false] },
  { ok: true, result: { 2: 'b', 1: 'a', length: 1, value: null, id: 'x', __ref: 1 } },
  { ok: true, result: [SHARED, SHARED, { ...SHARED }] },
  { ok: true, result: Object.assign(Object.create(null), { a: [[[[{ deep: 1 }]]]] }) },
];

/**
 * One copy of Runner's `Serializer` class. An application may load another copy than this package does, so it is
 * recognised by its behaviour, not by identity.
 */
class SerializerCopy {
  /** @param {any} prototype of the class */
  constructor(prototype) {
    const { jsonStringify, parse, deserialize, stringify } = prototype;
    const pristine = new prototype.constructor();
    this.jsonStringify = jsonStringify;
    this.parse = parse;
    this.deserialize = deserialize;
    this.stringify = stringify;
    this.registryPrototype = Object.getPrototypeOf(pristine.typeRegistry);
    /** The built-in types, none of which claims a plain object. @type {Set<any>} */
    this.builtIn = new Set(pristine.typeRegistry.typeList);
  }
}

/**
 * The copies by prototype; undefined for a class that behaves differently.
 *
 * @type {WeakMap<object, SerializerCopy | undefined>}
 */
const copies = new WeakMap();

/**
 * The copy of Runner's class that a serializer is an instance of; undefined if that behaves differently.
 *
 * @param {any} serializer
 * @returns {SerializerCopy | undefined}
 */
function copyOf(serializer) {
  const prototype = Object.getPrototypeOf(serializer);
  if (!copies.has(prototype))
    copies.set(prototype, behaves(prototype) ? new SerializerCopy(prototype) : undefined);
  return copies.get(prototype);
}

/** @param {any} prototype */
function behaves(prototype) {
  try {
    const Serializer = prototype.constructor;
    return (
      Object.getPrototypeOf(prototype) === Object.prototype &&
      Serializer.prototype === prototype &&
      Object.getOwnPropertyNames(prototype).sort().join() === METHODS.join() &&
      writesPlainData(new Serializer()) &&
      readsPlainData(new Serializer()) &&
      countsLevels(Serializer) &&
      keepsTypes(new Serializer())
    );
  } catch {
    return false;
  }
}

/** @param {any} serializer */
function writesPlainData(serializer) {
  return (
    serializer.stringify(undefined) === UNDEFINED &&
    serializer.stringify({ ok: true, result: undefined }) === `{"ok":true,"result":${UNDEFINED}}` &&
    SAMPLES.every((sample) => serializer.stringify(sample) === JSON.stringify(sample))
  );
}

/** @param {any} serializer */
function readsPlainData(serializer) {
  return SAMPLES.every((sample) => {
    const text = JSON.stringify(sample);
    return JSON.stringify(serializer.parse(text)) === text;
  });
}

/**
 * Whether it counts the document as level 0, and throws for a level that is too deep.
 *
 * @param {any} Serializer
 */
function countsLevels(Serializer) {
  const serializer = new Serializer({ maxDepth: 2 });
  const [fits, tooDeep] = [{ a: { b: 1 } }, { a: { b: [1] } }];
  if (serializer.stringify(fits) !== JSON.stringify(fits)) return false;
  try {
    serializer.stringify({ a: { b: { c: tooDeep } } });
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether no built-in type claims a plain value, and added types are in the list.
 *
 * @param {any} serializer
 */
function keepsTypes(serializer) {
  const builtIn = [...serializer.typeRegistry.typeList];
  const type = { id: 'runner-native.probe', is: () => false, serialize: () => 0, deserialize: () => 0 };
  serializer.addType(type);
  const takesPlain = builtIn.some(({ is }) => is({ a: 1 }) || is([1]) || is('text') || is(1) || is(null));
  return !takesPlain && serializer.typeRegistry.typeList.includes(type);
}

module.exports = { SerializerCopy, UNDEFINED, copyOf };
