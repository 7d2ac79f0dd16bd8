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

/**
 * The JavaScript name of a module's constants: `stream_signal` is `StreamSignal`.
 *
 * @param {string} module
 */
function objectName(module) {
  return module.replaceAll(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
}

test('both sides of the bridge have the same numbers', () => {
  const source = readFileSync(join(__dirname, '..', '..', 'src', 'node', 'wire.rs'), 'utf8');
  const modules = /pub\(super\) mod (\w+) \{\n(.*?)\n\}/gs;
  const groups = Object.fromEntries(
    [...source.matchAll(modules)].map(([, name, body]) => [objectName(name), constantsOf(body)]),
  );
  const numbers = constantsOf(source.replaceAll(modules, ''));
  assert.deepEqual({ ...wire }, { ...numbers, ...groups });
});
