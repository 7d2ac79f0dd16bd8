// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { test } = require('node:test');
const wire = require('../../lib/wire.js');

const CONSTANT = /const ([A-Z_]+): (?:u32|usize) = (\d+);/g;

/** @param {string} text */
function constantsOf(text) {
  return Object.fromEntries([...text.matchAll(CONSTANT)].map(([, name, value]) => [name, Number(value)]));
}

test('both sides of the bridge have the same numbers', () => {
  const source = readFileSync(join(__dirname, '..', '..', 'src', 'node', 'wire.rs'), 'utf8');
  const modules = /pub\(super\) mod (\w+) \{\n(.*?)\n\}/gs;
  const { Record, Completion, InvalidInput, ...numbers } = wire;
  assert.deepEqual(numbers, constantsOf(source.replaceAll(modules, '')));
  const groups = [...source.matchAll(modules)].map(([, name, body]) => [name, constantsOf(body)]);
  assert.deepEqual(Object.fromEntries(groups), {
    record: { ...Record },
    completion: { ...Completion },
    invalid_input: { ...InvalidInput },
  });
});
