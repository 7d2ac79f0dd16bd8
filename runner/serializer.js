// @ts-check
'use strict';

const { peer } = require('./peer');

/** A serializer as Runner makes it: what an application's is held against. */
const pristine = /** @type {any} */ (new peer.Serializer());
const { jsonStringify, parse, deserialize, stringify } = pristine;
const registryPrototype = Object.getPrototypeOf(pristine.typeRegistry ?? {});

/** @typedef {{ id: string, is: (value: unknown) => boolean }} CustomType */

/** The types that know their values by class: none of them takes a plain object. */
const builtIn = new Set(pristine.typeRegistry?.typeList);

/** How Runner's serializer writes undefined, such as the result of a task that returns nothing. */
const UNDEFINED = '{"__type":"Undefined","value":null}';

/** The keys that Runner's serializer leaves out. */
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Shows whether this version of Runner writes plain data as `JSON.stringify` does. */
const SAMPLE = { ok: true, result: { text: 'a\u2028"', list: [1, -0, null, [], {}], '': { $ref: true } } };

/**
 * What the fast path must know of an application's serializer, and keeps an eye on. Runner keeps it private:
 * where it does not look as in the version that was read, nothing is believed.
 */
class KnownSerializer {
  #serializer;
  #registry;
  /** @type {unknown[]} */
  #types = [];
  #count = -1;
  /** @type {CustomType[]} */
  #custom = [];

  /** @param {any} serializer that {@link knownSerializer} has looked at */
  constructor(serializer) {
    this.#serializer = serializer;
    this.#registry = serializer.typeRegistry;
  }

  /** The deepest level that it reads and writes; the whole document is level 0. */
  get maxDepth() {
    return this.#serializer.runtimeOptions.maxDepth;
  }

  /** Whether it still writes as Runner made it. */
  get writes() {
    const serializer = this.#serializer;
    return serializer.stringify === stringify && serializer.jsonStringify === jsonStringify;
  }

  /** Whether it still reads as Runner made it. */
  get reads() {
    const serializer = this.#serializer;
    return serializer.parse === parse && serializer.deserialize === deserialize;
  }

  /** The application's own types; they may be added at any time. */
  get custom() {
    const types = this.#registry.typeList;
    if (types !== this.#types || types.length !== this.#count) {
      this.#types = types;
      this.#count = types.length;
      this.#custom = types.filter((/** @type {unknown} */ type) => !builtIn.has(type));
    }
    return this.#custom;
  }
}

/**
 * @param {any} serializer
 * @returns {KnownSerializer | undefined} nothing for one that is not Runner's own, or writes for people to read
 */
function knownSerializer(serializer) {
  try {
    return isKnown(serializer) && isKnown(pristine) ? new KnownSerializer(serializer) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {any} serializer */
function isKnown(serializer) {
  const { runtimeOptions, typeRegistry } = serializer;
  const { unsafeKeys, maxDepth } = runtimeOptions;
  return (
    Object.getPrototypeOf(serializer) === peer.Serializer.prototype &&
    Object.getPrototypeOf(typeRegistry) === registryPrototype &&
    !Object.hasOwn(typeRegistry, 'findTypeDefinition') &&
    runtimeOptions.typeRegistry === typeRegistry &&
    Array.isArray(typeRegistry.typeList) &&
    typeof maxDepth === 'number' &&
    unsafeKeys.size === UNSAFE_KEYS.length &&
    UNSAFE_KEYS.every((key) => unsafeKeys.has(key)) &&
    serializer.indent === undefined &&
    pristine.stringify(undefined) === UNDEFINED &&
    pristine.stringify(SAMPLE) === JSON.stringify(SAMPLE)
  );
}

module.exports = { UNDEFINED, knownSerializer };
