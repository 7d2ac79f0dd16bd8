// @ts-check
'use strict';

// Scripts that run against both sides, with Runner's clients and over bare sockets, have the same outcome.
const assert = require('node:assert/strict');
const { after, describe } = require('node:test');
const { test } = require('../helpers/guarded.js');
const { scriptCases } = require('./cases.js');
const { Sides } = require('./sides.js');

const sides = new Sides();
after(() => sides.stop());

/**
 * @param {import('node:test').TestContext} t
 * @param {import('./sides.js').SideName} name
 * @param {import('./cases.js').ScriptCase} one
 */
async function outcomeOf(t, name, { variant = 'plain', run }) {
  const side = variant === null ? undefined : await sides.get(name, variant);
  return run(/** @type {any} */ (side), t, name);
}

describe('the native exposure does as nodeExposure does', () => {
  for (const one of scriptCases.filter(({ excuse }) => !excuse)) {
    test(one.name, async (t) => {
      const nodeExposure = await outcomeOf(t, 'nodeExposure', one);
      assert.deepEqual(await outcomeOf(t, 'native', one), nodeExposure);
    });
  }
});

describe('the native exposure does better than nodeExposure by section 9', () => {
  for (const one of scriptCases) {
    const { excuse, name } = one;
    if (!excuse) continue;
    test(`row ${excuse.row}: ${name}`, async (t) => {
      assert.deepEqual(await outcomeOf(t, 'native', one), excuse.native, 'the native side');
      if (excuse.nodeExposure === 'never run') return;
      assert.deepEqual(await outcomeOf(t, 'nodeExposure', one), excuse.nodeExposure, 'nodeExposure');
    });
  }
});
