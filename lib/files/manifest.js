// @ts-check
'use strict';

/** Thrown for a manifest that has no input for a handler. */
class UnusableManifest extends Error {
  /** @param {number} why an `InvalidInput` */
  constructor(why) {
    super('The manifest cannot be used');
    this.why = why;
  }
}

/**
 * Replaces the references to files in an input by the files. Looks through plain objects and arrays; instances of
 * classes are values of the serializer. Does not recurse, since an input may be as deep as its body is long, and marks
 * what it has seen, since a serializer may produce cycles.
 *
 * @param {unknown} input modified in place
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
    else if (isContainer(value) && !seen.has(value)) {
      seen.add(value);
      path.push({ at: value, keys: Object.keys(value), next: 0 });
    }
  }
  return root.input;
}

/** Whether a value is a reference to a file as Runner's clients write it. @param {any} value */
function isFile(value) {
  return value.$runnerFile === 'File' && typeof value.id === 'string';
}

/** @param {object} value */
function isContainer(value) {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

module.exports = { UnusableManifest, hydrate };
