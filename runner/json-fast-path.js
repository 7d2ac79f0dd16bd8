// @ts-check
'use strict';

const { stringify } = require('../lib/primordials');
const { UNDEFINED, knownSerializer } = require('./serializer');

/** The level of a result in `{ok,result}`; the envelope is level 0. */
const RESULT_LEVEL = 1;

/** The depth to which the core tells plain JSON from the serializer's (`src/http/body/typed_values.rs`). */
const MAX_DEPTH = 1000;

const ESCAPE = '$runner.escape::';
const { isArray } = Array;
const { getPrototypeOf, prototype: objectPrototype } = Object;

/** @typedef {import('./serializer').CustomType} CustomType */

/**
 * A writer of results that bypasses Runner's serializer where that would write identical bytes: for strings, numbers,
 * arrays and plain objects without its marks. It makes sure by looking at every value, which costs a fraction of what
 * the serializer does, since that copies all of them.
 *
 * The writer returns the JSON text of a result, or undefined if the serializer has to write it. It throws what a getter
 * throws. Getters are called twice: when the value is inspected, and when it is written.
 *
 * @param {unknown} serializer the application's; types may be added to it later
 * @returns {(result: unknown) => string | undefined}
 */
function plainOutput(serializer) {
  const { known } = knownSerializer(serializer);
  if (known === undefined || known.maxDepth < RESULT_LEVEL) return () => undefined;
  const deepest = Math.min(known.maxDepth, MAX_DEPTH);
  return (result) => {
    if (!known.writes) return undefined;
    const { custom } = known;
    if (custom.length > 0 && isCustom({ ok: true, result }, custom)) return undefined;
    switch (typeof result) {
      case 'undefined':
        return UNDEFINED;
      case 'boolean':
        return result ? 'true' : 'false';
      case 'number':
        return result - result === 0 ? `${result}` : undefined;
      case 'string':
        return stringify(result);
      case 'object': {
        if (result === null) return 'null';
        const canBypass =
          custom.length === 0
            ? isPlain(result, RESULT_LEVEL, deepest, undefined)
            : isPlainAmong(result, RESULT_LEVEL, deepest, undefined, custom);
        return canBypass ? stringify(result) : undefined;
      }
    }
    return undefined;
  };
}

/**
 * Returns a predicate: whether the serializer parses a text without its marks, and of at most 1000 levels, as
 * `JSON.parse` does. The outcome may change while the application runs.
 *
 * @param {unknown} serializer the application's
 * @returns {() => boolean}
 */
function plainInput(serializer) {
  const { known } = knownSerializer(serializer);
  return () => known?.reads === true && known.maxDepth >= MAX_DEPTH;
}

/**
 * Why plain JSON has to go through the serializer, in one direction or both; undefined if it need not.
 *
 * @param {unknown} serializer the application's
 * @returns {string | undefined}
 */
function whySlow(serializer) {
  const { known, reason } = knownSerializer(serializer);
  if (known === undefined) return reason;
  if (!known.writes) return "the application replaces its serializer's stringify";
  if (!known.reads) return "the application replaces its serializer's parse";
  if (known.maxDepth >= MAX_DEPTH) return undefined;
  return `the application's serializer reads ${known.maxDepth} levels, fewer than ${MAX_DEPTH}`;
}

/**
 * Whether the serializer writes a value as `JSON.stringify` does. `trail` is an ancestor of the value: with Brent's
 * algorithm a cycle meets it again long before the deepest level is reached.
 *
 * Inherited keys are inspected like own ones, which can only make the result false.
 *
 * @param {any} value an object
 * @param {number} level
 * @param {number} deepest
 * @param {unknown} trail
 * @returns {boolean}
 */
function isPlain(value, level, deepest, trail) {
  // `JSON.stringify` calls `toJSON` on the value, the serializer on a copy or not at all.
  if (level >= deepest || value === trail || value.toJSON !== undefined) return false;
  const next = (level & (level - 1)) === 0 ? value : trail;
  if (isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const item = value[at];
      if (typeof item === 'string' || typeof item === 'boolean' || item === null) continue;
      if (typeof item === 'number') {
        if (item - item !== 0) return false;
      } else if (typeof item !== 'object' || !isPlain(item, level + 1, deepest, next)) return false;
    }
    return true;
  }
  if (!isRecord(value)) return false;
  for (const key in value) {
    if (mayBeSpecial(key) && isSpecial(key)) return false;
    const item = value[key];
    if (typeof item === 'string' || typeof item === 'boolean' || item === null) continue;
    if (typeof item === 'number') {
      if (item - item !== 0) return false;
    } else if (typeof item !== 'object' || !isPlain(item, level + 1, deepest, next)) return false;
  }
  return true;
}

/**
 * {@link isPlain} for an application with custom types, which may claim plain objects.
 *
 * @param {any} value an object
 * @param {number} level
 * @param {number} deepest
 * @param {unknown} trail
 * @param {CustomType[]} custom
 * @returns {boolean}
 */
function isPlainAmong(value, level, deepest, trail, custom) {
  if (level >= deepest || value === trail || value.toJSON !== undefined) return false;
  const next = (level & (level - 1)) === 0 ? value : trail;
  if (isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      if (!isPlainItem(value[at], level + 1, deepest, next, custom)) return false;
    }
    return true;
  }
  if (!isRecord(value) || isCustom(value, custom)) return false;
  for (const key in value) {
    if (mayBeSpecial(key) && isSpecial(key)) return false;
    if (!isPlainItem(value[key], level + 1, deepest, next, custom)) return false;
  }
  return true;
}

/**
 * @param {unknown} item
 * @param {number} level
 * @param {number} deepest
 * @param {unknown} trail
 * @param {CustomType[]} custom
 */
function isPlainItem(item, level, deepest, trail, custom) {
  if (typeof item === 'string' || typeof item === 'boolean' || item === null) return true;
  if (typeof item === 'number') return item - item === 0;
  return typeof item === 'object' && isPlainAmong(item, level, deepest, trail, custom);
}

/** @param {object} value */
function isRecord(value) {
  const prototype = getPrototypeOf(value);
  return prototype === objectPrototype || prototype === null;
}

/**
 * Whether a custom type claims a value. One that throws does not, as in the serializer.
 *
 * @param {object} value
 * @param {CustomType[]} custom
 */
function isCustom(value, custom) {
  for (const type of custom) {
    try {
      if (type.is(value)) return true;
    } catch {}
  }
  return false;
}

/**
 * Whether a key has the length of a special one, which spares most keys the comparison.
 *
 * @param {string} key
 */
function mayBeSpecial({ length }) {
  return length > 5 && (length < 8 || length === 9 || length === 11 || length >= ESCAPE.length);
}

/**
 * Whether a key is one that the serializer drops or escapes, or that of `JSON.rawJSON`, which `JSON.stringify` writes
 * as text and the serializer as an object.
 *
 * @param {string} key
 */
function isSpecial(key) {
  switch (key) {
    case '__type':
    case '__graph':
    case '__proto__':
    case 'constructor':
    case 'prototype':
    case 'rawJSON':
      return true;
  }
  return key.startsWith(ESCAPE);
}

module.exports = { plainInput, plainOutput, whySlow };
