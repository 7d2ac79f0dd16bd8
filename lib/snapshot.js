// @ts-check
'use strict';

const { configError, messageOf, show } = require('./errors');

/** How deep options nest; what is deeper is not an option (`src/node/options.rs`). */
const MAX_DEPTH = 4;

/** The longest array that is read. A sparse array, or a Proxy, can have any length. */
const MAX_ITEMS = 65_536;

/** Paths of options that are not copied: the methods of a logger are looked up when it logs. */
const KEPT = ['logger'];

/**
 * @typedef {object} Reading
 * @property {import('../index').ConfigProblem[]} problems filled with what cannot be read
 * @property {readonly string[]} kept the options that are not copied
 */

/**
 * Copies options, so that the values that are checked are those that are used: a getter or a Proxy may return another
 * value at each read. Copies own enumerable keys, and nothing that is inherited. Functions are not copied, and neither
 * is the logger.
 *
 * @param {string} what the options belong to, for the error message
 * @param {unknown} options
 * @returns {any}
 * @throws `CONFIG_INVALID` with the path of each value that cannot be read
 */
function snapshot(what, options) {
  const { copy, problems } = readOptions(options);
  if (problems.length > 0) throw configError(what, problems);
  return copy;
}

/**
 * Reads options once.
 *
 * @param {unknown} options
 * @param {readonly string[]} [kept] the paths of options that are not copied
 * @returns {{ copy: any, problems: import('../index').ConfigProblem[] }} `problems` lists what cannot be read
 */
function readOptions(options, kept = KEPT) {
  /** @type {import('../index').ConfigProblem[]} */
  const problems = [];
  const copy = read(options, '', MAX_DEPTH, { problems, kept });
  return { copy, problems };
}

/**
 * @param {any} value
 * @param {string} path
 * @param {number} depth
 * @param {Reading} reading
 * @returns {unknown}
 */
function read(value, path, depth, reading) {
  if (value === null || typeof value !== 'object') return value;
  try {
    const pattern = regExp(value);
    if (pattern !== undefined) return pattern;
    const isList = Array.isArray(value);
    const copy = isList ? [] : Object.create(null);
    if (depth === 0) return copy;
    const length = isList ? value.length : 0;
    if (length > MAX_ITEMS) {
      const problem = {
        received: `an array of ${show(length)} items`,
        expected: `at most ${MAX_ITEMS} items`,
      };
      reading.problems.push({ path: path || 'options', ...problem });
      return undefined;
    }
    for (const key of isList ? Array.from({ length }, (_, index) => index) : Object.keys(value)) {
      const here = isList ? `${path}[${key}]` : path === '' ? `${key}` : `${path}.${key}`;
      const own = readKey(value, key, here, depth, reading);
      // Defined, not assigned, so that `__proto__` is reported as an unknown option.
      Object.defineProperty(copy, key, { value: own, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  } catch (error) {
    reading.problems.push(unreadable(path || 'options', error));
    return undefined;
  }
}

/**
 * @param {any} from
 * @param {string | number} key
 * @param {string} path
 * @param {number} depth
 * @param {Reading} reading
 */
function readKey(from, key, path, depth, reading) {
  try {
    const value = from[key];
    return reading.kept.includes(path) ? value : read(value, path, depth - 1, reading);
  } catch (error) {
    reading.problems.push(unreadable(path, error));
    return undefined;
  }
}

/**
 * A copy of a regular expression of any realm, recognised as the core does; undefined for any other value. Copied
 * because testing changes `lastIndex`.
 *
 * @param {{ source?: unknown, flags?: unknown, test?: unknown }} value
 */
function regExp({ source, flags, test }) {
  const isOne = typeof source === 'string' && typeof flags === 'string' && typeof test === 'function';
  return isOne ? new RegExp(source, flags) : undefined;
}

/**
 * @param {string} path
 * @param {unknown} error
 */
function unreadable(path, error) {
  return { path, received: `an error: ${messageOf(error)}`, expected: 'a value that can be read' };
}

module.exports = { readOptions, snapshot };
