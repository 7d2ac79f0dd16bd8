// @ts-check
'use strict';

// Both sides serve the same app, get the same bytes, and send the same responses.
const { after, describe } = require('node:test');
const { test } = require('../helpers/guarded.js');
const { rawCases } = require('./cases.js');
const { Sides } = require('./sides.js');
const { assertAlike, assertExpected } = require('./wire/compare.js');
const { exchange } = require('./wire/exchange.js');

const sides = new Sides();
after(() => sides.stop());

/** @typedef {import('./cases.js').RawCase} RawCase */

/**
 * @param {import('node:test').TestContext} t
 * @param {import('./sides.js').SideName} name
 * @param {RawCase} one
 */
async function responseOf(t, name, { variant = 'plain', request }) {
  const { port } = await sides.get(name, variant);
  return exchange(t, port, request);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {RawCase} one
 */
async function assertSame(t, one) {
  const [nodeExposure, native] = await Promise.all([
    responseOf(t, 'nodeExposure', one),
    responseOf(t, 'native', one),
  ]);
  assertExpected(nodeExposure, one.expect ?? {}, 'nodeExposure');
  assertAlike(native, nodeExposure);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {RawCase} one
 * @param {NonNullable<RawCase['excuse']>} excuse
 */
async function assertExcused(t, one, { nodeExposure, native }) {
  assertExpected(await responseOf(t, 'native', one), native, 'the native side');
  if (nodeExposure === 'never sent') return;
  assertExpected(await responseOf(t, 'nodeExposure', one), nodeExposure, 'nodeExposure');
}

describe('the native exposure responds as nodeExposure does', () => {
  for (const one of rawCases.filter(({ excuse }) => !excuse)) test(one.name, (t) => assertSame(t, one));
});

describe('the native exposure is better than nodeExposure by section 9', () => {
  for (const one of rawCases) {
    const { excuse, name } = one;
    if (excuse) test(`row ${excuse.row}: ${name}`, (t) => assertExcused(t, one, excuse));
  }
});
