// @ts-check
'use strict';

const { parse } = require('./primordials');

/**
 * The keys by which a client could reach a prototype through what a handler copies its input into, however they are
 * escaped.
 */
const PROTO_KEY = keyPattern('__proto__');
const CONSTRUCTOR_KEY = keyPattern('constructor');

/**
 * `JSON.parse` without what can pollute a prototype: own keys `__proto__`, and `constructor` where it is an object
 * with a `prototype`, are left out. Other texts cost one look.
 *
 * @param {string} text
 */
function parseUntrusted(text) {
  const value = parse(text);
  if (PROTO_KEY.test(text) || CONSTRUCTOR_KEY.test(text)) removePrototypeKeys(value);
  return value;
}

/** @param {unknown} root as `JSON.parse` makes it, however deep */
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
 * A pattern of a key in a JSON text.
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

module.exports = { parseUntrusted };
