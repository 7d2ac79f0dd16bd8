// @ts-check
'use strict';

const { parse } = require('./primordials');

/**
 * The keys by which a client could pollute a prototype if a handler merges its input into an object, in any escaping.
 */
const PROTO_KEY = keyPattern('__proto__');
const CONSTRUCTOR_KEY = keyPattern('constructor');

/**
 * `JSON.parse` that drops keys that can pollute a prototype: `__proto__`, and `constructor` with an object that has a
 * `prototype`. A text without such keys costs one search for each.
 *
 * @param {string} text
 */
function parseUntrusted(text) {
  const value = parse(text);
  if (PROTO_KEY.test(text) || CONSTRUCTOR_KEY.test(text)) removePrototypeKeys(value);
  return value;
}

/**
 * Removes keys by which a client could reach a prototype.
 *
 * @param {unknown} root as `JSON.parse` returns it; may be too deep to recurse
 */
function removePrototypeKeys(root) {
  const open = [root];
  while (open.length > 0) {
    const node = /** @type {any} */ (open.pop());
    if (node === null || typeof node !== 'object') continue;
    Reflect.deleteProperty(node, '__proto__');
    if (Object.hasOwn(node, 'constructor') && holdsPrototype(node.constructor)) delete node.constructor;
    for (const key in node) open.push(node[key]);
  }
}

/** @param {unknown} value */
function holdsPrototype(value) {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, 'prototype');
}

/**
 * A pattern for a key in a JSON text, with any of its characters escaped.
 *
 * @param {string} key
 */
function keyPattern(key) {
  const characters = [...key].map((character) => {
    const code = character.charCodeAt(0).toString(16);
    const digits = [...code].map((digit) => (digit > '9' ? `[${digit}${digit.toUpperCase()}]` : digit));
    return `(?:${character}|\\\\u00${digits.join('')})`;
  });
  return new RegExp(`"${characters.join('')}"\\s*:`);
}

module.exports = { parseUntrusted, removePrototypeKeys };
