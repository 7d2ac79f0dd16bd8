// @ts-check
'use strict';

const { stringify } = require('../lib/primordials');
const { UNDEFINED, knownSerializer } = require('./serializer');

/** The level of a result in `{ok,result}`; the envelope is level 0. */
const RESULT_LEVEL = 1;

/** The level down to which the core tells plain text from text that is the serializer's (`src/`). */
const MAX_DEPTH = 1000;

const ESCAPE = '$runner.escape::';
const { isArray } = Array;
const { getPrototypeOf, prototype: objectPrototype } = Object;

/** @typedef {import('./serializer').CustomType} CustomType */

/**
 * A writer of results that leaves Runner's serializer out where it would write identical bytes: for strings,
 * numbers, arrays and plain objects without its marks. What is sure of that is a look at every value; it costs a
 * small part of what the serializer does, which copies all of them.
 *
 * The writer gives the JSON text of a result, or undefined: the serializer must write it then. It throws what a
 * getter of the value throws. A getter is called twice, by the look and by the writing.
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
        const plain =
          custom.length === 0
            ? isPlain(result, RESULT_LEVEL, deepest, undefined)
            : isPlainAmong(result, RESULT_LEVEL, deepest, undefined, custom);
        return plain ? stringify(result) : undefined;
      }
    }
    return undefined;
  };
}

/**
 * Whether text that has none of the serializer's marks, and no more than 1000 levels, means to the serializer what
 * it means to `JSON.parse`. Asked anew, it tells whether that is still so.
 *
 * @param {unknown} serializer the application's
 * @returns {() => boolean}
 */
function plainInput(serializer) {
  const { known } = knownSerializer(serializer);
  return () => known?.reads === true && known.maxDepth >= MAX_DEPTH;
}

/**
 * Why plain JSON still goes through a serializer, one way or both; nothing where it need not.
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
 * Whether the serializer writes a value as `JSON.stringify` does. `trail` is a value on the way to this one: by
 * Brent's rule it is met again soon where the way is a cycle, long before the deepest level is reached.
 *
 * Keys that an object inherits are looked at as if they were its own: that can only lead to a no.
 *
 * @param {any} value an object
 * @param {number} level
 * @param {number} deepest
 * @param {unknown} trail
 * @returns {boolean}
 */
function isPlain(value, level, deepest, trail) {
  // A `toJSON` is called on the value by the one and, on a copy, or not at all, by the other.
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
 * {@link isPlain} for an application with types of its own, which may take a plain object for theirs.
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
 * As the serializer asks: a type that throws does not know the value.
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
 * Spares most keys the comparison: those that are special have one of these lengths.
 *
 * @param {string} key
 */
function mayBeSpecial({ length }) {
  return length > 5 && (length < 8 || length === 9 || length === 11 || length >= ESCAPE.length);
}

/**
 * The keys that the serializer leaves out or escapes, and that of `JSON.rawJSON`, which is text to `JSON.stringify` and
 * an object to the serializer.
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
