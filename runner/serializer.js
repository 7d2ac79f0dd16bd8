// @ts-check
'use strict';

const { UNDEFINED, copyOf } = require('./serializer-copy');

/** @typedef {{ id: string, is: (value: unknown) => boolean }} CustomType */

/** The keys that Runner's serializer drops. */
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

const OTHER = "the application's serializer is not that of Runner 5.5";
const CONFIGURED = "the application's serializer is set up, or changed, in a way that is not known";

/**
 * The private state of an application's serializer that the fast path depends on, read at each use. Only serializers
 * that look exactly like those of Runner 5.5 are known.
 */
class KnownSerializer {
  #serializer;
  #copy;
  #registry;
  /** @type {unknown[]} */
  #types = [];
  #count = -1;
  /** @type {CustomType[]} */
  #custom = [];

  /**
   * @param {any} serializer that {@link knownSerializer} has looked at
   * @param {import('./serializer-copy').SerializerCopy} copy
   */
  constructor(serializer, copy) {
    this.#serializer = serializer;
    this.#copy = copy;
    this.#registry = serializer.typeRegistry;
  }

  /** The deepest level that it reads and writes; the document is level 0. */
  get maxDepth() {
    return this.#serializer.runtimeOptions.maxDepth;
  }

  /** Whether its methods for writing are still Runner's. */
  get writes() {
    const serializer = this.#serializer;
    return (
      serializer.stringify === this.#copy.stringify && serializer.jsonStringify === this.#copy.jsonStringify
    );
  }

  /** Whether its methods for reading are still Runner's. */
  get reads() {
    const serializer = this.#serializer;
    return serializer.parse === this.#copy.parse && serializer.deserialize === this.#copy.deserialize;
  }

  /** The application's own types, which may be added at any time. */
  get custom() {
    const types = this.#registry.typeList;
    if (types !== this.#types || types.length !== this.#count) {
      this.#types = types;
      this.#count = types.length;
      this.#custom = types.filter((/** @type {unknown} */ type) => !this.#copy.builtIn.has(type));
    }
    return this.#custom;
  }
}

/**
 * @param {any} serializer
 * @returns {{ known: KnownSerializer, reason?: undefined } | { known?: undefined, reason: string }} `reason` says
 *   why it is not known
 */
function knownSerializer(serializer) {
  try {
    const copy = copyOf(serializer);
    if (copy === undefined) return { reason: OTHER };
    if (!isKnown(serializer, copy)) return { reason: CONFIGURED };
    return { known: new KnownSerializer(serializer, copy) };
  } catch {
    return { reason: OTHER };
  }
}

/**
 * @param {any} serializer
 * @param {import('./serializer-copy').SerializerCopy} copy
 */
function isKnown(serializer, copy) {
  const { runtimeOptions, typeRegistry } = serializer;
  const { unsafeKeys, maxDepth } = runtimeOptions;
  return (
    Object.getPrototypeOf(typeRegistry) === copy.registryPrototype &&
    !Object.hasOwn(typeRegistry, 'findTypeDefinition') &&
    runtimeOptions.typeRegistry === typeRegistry &&
    Array.isArray(typeRegistry.typeList) &&
    typeof maxDepth === 'number' &&
    unsafeKeys.size === UNSAFE_KEYS.length &&
    UNSAFE_KEYS.every((key) => unsafeKeys.has(key)) &&
    serializer.indent === undefined
  );
}

module.exports = { UNDEFINED, knownSerializer };
