// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { OPTIONS } = require('../../lib/workers/spec.js');
const { declarations, optionDefaults } = require('../helpers/docs/declarations.js');
const { blocks, table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');

const columns = ['Option', 'Workers', 'Type', 'Default', 'Effect'];
const onPage = table(read('docs/reference/options.md'), columns);

/** @type {Record<string, string>} how the page writes types that are not numbers */
const TYPES = {
  script: 'string or URL',
  string: 'string',
  strings: 'string[]',
  env: 'object',
  resourceLimits: 'object',
  any: 'any',
};

/** @param {import('../../lib/workers/spec').OptionSpec} spec @returns {string} as the page writes the type */
function typeOf({ type, min, max }) {
  if (type === 'integer') return `integer, ${min}–${max}`;
  return type === 'count' ? `\`'auto'\` or integer, ${min}–${max}` : TYPES[type];
}

/** @param {import('../../lib/workers/spec').OptionSpec} spec @returns {string} as the page writes the default */
function defaultOf({ default: value }) {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? `'${value}'` : String(value);
}

test('the page describes the options of a pool as the code does', () => {
  assert.deepEqual(
    onPage.map(({ Option, Workers, Type, Default }) => [Option, Workers, Type, Default]),
    OPTIONS.map((spec) => [
      spec.path,
      spec.kinds.length === 2 ? 'both' : spec.kinds[0],
      typeOf(spec),
      defaultOf(spec),
    ]),
  );
});

test('index.d.ts declares the options of a pool with the same defaults', () => {
  const declared = declarations(read('index.d.ts'));
  /** @type {Map<string, string>} */
  const inTypes = new Map();
  for (const name of ['PoolOptions', 'ThreadPoolOptions', 'ProcessPoolOptions']) {
    for (const [path, value] of optionDefaults(declared, name)) inTypes.set(path, value ?? 'none');
  }
  assert.deepEqual(
    Object.fromEntries(inTypes),
    Object.fromEntries(OPTIONS.map((spec) => [spec.path, defaultOf(spec)])),
  );
});

test('the script of a thread in the guide is the example', () => {
  const [script] = blocks(read('docs/guides/workers.md')).filter(({ language }) => language === 'javascript');
  const example = read('examples/workers/thread.js').replace(/\/\*\* @\w+ \{.*?\} ?\w* ?\*\/ ?\n?/g, '');
  assert.equal(script.code, example.slice(example.indexOf('const')));
});
