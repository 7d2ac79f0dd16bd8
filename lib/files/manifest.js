// @ts-check
'use strict';

/** The manifest of a form holds no input that a handler can be called with. */
class UnusableManifest extends Error {
  /** @param {number} why of `InvalidInput` */
  constructor(why) {
    super('The manifest cannot be used');
    this.why = why;
  }
}

/**
 * Puts files where the input names them. Objects and arrays are looked through, what is of another class is
 * the serializer's. An input may be as deep as a body is long, and what a serializer makes may be a graph.
 *
 * @param {unknown} input that is known to nothing else
 * @param {(id: string, meta: unknown) => unknown} fileOf
 */
function hydrate(input, fileOf) {
  /** @type {Record<string, any>} */
  const root = { input };
  const seen = new Set();
  const path = [{ at: root, keys: ['input'], next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    if (top.next === top.keys.length) {
      path.pop();
      continue;
    }
    const key = top.keys[top.next];
    top.next += 1;
    const value = top.at[key];
    if (value === null || typeof value !== 'object') continue;
    if (isFile(value)) top.at[key] = fileOf(value.id, value.meta);
    else if (isOpen(value) && !seen.has(value)) {
      seen.add(value);
      path.push({ at: value, keys: Object.keys(value), next: 0 });
    }
  }
  return root.input;
}

/** @param {any} value as Runner's clients write it */
function isFile(value) {
  return value.$runnerFile === 'File' && typeof value.id === 'string';
}

/** @param {object} value */
function isOpen(value) {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

module.exports = { UnusableManifest, hydrate };
