// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { TunnelServer } = require('./server.js');

/** @typedef {import('../../index.js').ConfigProblem} ConfigProblem */

/** The class without its types: the options of these tests are wrong on purpose. */
const Server = /** @type {any} */ (TunnelServer);

/**
 * The problems of options that must be rejected, by path.
 *
 * @param {unknown} options
 * @returns {ConfigProblem[]}
 */
function problemsOf(options) {
  try {
    new Server(options);
  } catch (error) {
    assert.ok(error instanceof TypeError, String(error));
    assert.equal(/** @type {any} */ (error).code, 'CONFIG_INVALID');
    const { problems } = /** @type {any} */ (error);
    for (const problem of problems) {
      assert.deepEqual(Object.keys(problem).sort(), ['expected', 'path', 'received']);
      for (const text of Object.values(problem))
        assert.ok(typeof text === 'string' && text !== '', error.message);
      assert.ok(
        error.message
          .split('\n')
          .some((line) => line.includes(problem.path) && line.includes(problem.expected)),
        `a line for ${problem.path}: ${error.message}`,
      );
    }
    return [...problems].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  assert.fail('the options were accepted');
}

/**
 * @param {unknown} options
 * @param {string} path
 * @param {string} received
 */
function refused(options, path, received) {
  const problems = problemsOf(options);
  assert.deepEqual(
    problems.map((problem) => [problem.path, problem.received]),
    [[path, received]],
  );
}

/** Values that fit no option or few, each with the text that a problem calls it by. */
const bad = {
  null: [null, 'null'],
  true: [true, 'true'],
  'a number': [7, '7'],
  NaN: [Number.NaN, 'NaN'],
  'a string': ['text', '"text"'],
  'an empty string': ['', '""'],
  'a list': [[1], 'an array'],
  'an empty list': [[], 'an empty array'],
  'an object': [{}, 'an object'],
  'a function': [() => 1, 'a function'],
  'a RegExp': [/x/, 'a regular expression'],
  'a bigint': [10n, 'a bigint'],
  'a symbol': [Symbol('x'), 'a symbol'],
};

/**
 * @param {string} path of the option, such as `cors.maxAge`
 * @param {unknown} value
 */
function optionsWith(path, value) {
  const [section, key] = path.split('.');
  return key === undefined ? { port: 0, [section]: value } : { port: 0, [section]: { [key]: value } };
}

/**
 * Tests that an option refuses values of `bad`.
 *
 * @param {string} path
 * @param {(keyof typeof bad)[]} names
 */
function itRefuses(path, names) {
  for (const name of names) {
    const [value, received] = bad[name];
    it(`refuses ${name}`, () => refused(optionsWith(path, value), path, /** @type {string} */ (received)));
  }
}

/**
 * Options that return each value once, and fail the test at a second read.
 *
 * @param {Record<string, unknown>} values
 * @returns {any}
 */
function once(values) {
  const read = new Set();
  return new Proxy(values, {
    get(target, key) {
      if (read.has(key)) assert.fail(`a second read of ${String(key)}`);
      read.add(key);
      return Reflect.get(target, key);
    },
  });
}

module.exports = { Server, bad, itRefuses, once, optionsWith, problemsOf, refused };
