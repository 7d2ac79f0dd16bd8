// @ts-check
'use strict';

const { inspect } = require('node:util');
const { results } = require('./results.js');

/**
 * Tasks that describe their input, and return values.
 *
 * @param {import('../app.js').Kit} kit
 */
function valueParts({ r, task }) {
  return [
    task('echo', (input) => input),
    task('add', ({ a, b }) => a + b),
    task('nothing', () => undefined),
    task('describe', describe),
    task('result', (name) => results[name]()),
    task('nest', ({ levels, object = false }) => nested(levels, object)),
    task('text', (length) => 'é'.repeat(length)),
    task('depth', depthOf),
    task('slashed/id', () => 'slashed'),
    task('ü ber', () => 'not ASCII'),
    task('hidden', () => 'seen'),
    r
      .task('checked')
      .inputSchema({
        parse(/** @type {any} */ input) {
          if (typeof input?.name !== 'string') throw new Error('name must be a string');
          return { ...input, checked: true };
        },
      })
      .run(async (/** @type {unknown} */ input) => input)
      .build(),
  ];
}

/**
 * The input as the handler sees it, with types, own keys and values that JSON does not show.
 *
 * @param {unknown} input
 */
function describe(input) {
  return inspect(input, { depth: 20, breakLength: Number.POSITIVE_INFINITY, compact: true });
}

/**
 * @param {number} levels
 * @param {boolean} object
 */
function nested(levels, object) {
  /** @type {unknown} */
  let value = 1;
  for (let n = 0; n < levels; n += 1) value = object ? { a: value } : [value];
  return value;
}

/** @param {any} input nested arrays or objects */
function depthOf(input) {
  let depth = 0;
  for (let at = input; at && typeof at === 'object'; at = Array.isArray(at) ? at[0] : at.a) depth += 1;
  return depth;
}

module.exports = { valueParts };
