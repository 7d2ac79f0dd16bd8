// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { TunnelServer } = require('@bluelibs/runner-native');
const { declarations, optionDefaults } = require('../helpers/docs/declarations.js');
const { table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');
const { optionSpecs } = require('../../binding.js');
const { ORIGINS, serverOptions } = require('../../runner/config.js');

const declared = declarations(read('index.d.ts'));
const options = table(read('docs/reference/options.md'), ['Option', 'Type', 'Default', 'Effect']);
/**
 * @typedef {object} Spec
 * @property {string} path
 * @property {'integer' | 'boolean' | 'other'} type
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} [unit]
 * @property {string} [name]
 * @property {null | number | boolean | string | string[]} default
 */
/** @type {Spec[]} */
const specs = JSON.parse(optionSpecs());

/** @param {Spec} spec @returns {string} as the page writes the type of an option */
function typeOf({ type, name, min, max, unit }) {
  if (type === 'integer') return `integer, ${min}–${max}${unit === 'seconds' ? ' s' : ''}`;
  return name ?? type;
}

/** @param {Spec} spec @returns {string} as the page writes the default of an option */
function defaultOf({ path, default: value }) {
  if (path === 'port') return 'required';
  if (value === null) return 'none';
  const quoted = (/** @type {unknown} */ text) => (typeof text === 'string' ? `'${text}'` : String(text));
  return Array.isArray(value) ? `[${value.map(quoted).join(', ')}]` : quoted(value);
}

/**
 * @param {unknown} given
 * @returns {import('@bluelibs/runner-native').ConfigProblem[]}
 */
function problemsOf(given) {
  try {
    new TunnelServer(/** @type {any} */ (given));
  } catch (error) {
    return /** @type {import('@bluelibs/runner-native').ConfigError} */ (error).problems.slice();
  }
  throw new Error('the options were accepted');
}

/** @param {string} path @param {unknown} value @returns {Record<string, unknown>} options with the value at the path */
function optionsWith(path, value) {
  const [outer, ...inner] = path.split('.');
  return { port: 0, [outer]: inner.reduceRight((nested, key) => ({ [key]: nested }), value) };
}

describe('options', () => {
  test('the page and index.d.ts list the same options with the same defaults', () => {
    /** @type {[string, string][]} */
    const onPage = options.map(({ Option, Default }) => [Option, Default]);
    /** @type {[string, string][]} */
    const inTypes = [...optionDefaults(declared, 'TunnelServerOptions')].map(([option, value]) => [
      option,
      value ?? (option === 'port' ? 'required' : 'none'),
    ]);
    assert.deepEqual(new Map(onPage), new Map(inTypes));
    assert.equal(onPage.length, inTypes.length);
  });

  for (const level of ['', 'cors', 'auth', 'allowList', 'workers', 'limits', 'limits.multipart']) {
    test(`the server knows the described options ${level ? `under ${level}` : 'at the top'}, and no other`, () => {
      const unknown = level ? `${level}.unknown` : 'unknown';
      const problem = problemsOf(optionsWith(unknown, 1)).find(({ path }) => path === unknown);
      const prefix = level ? `${level}.` : '';
      const keys = specs
        .filter(({ path }) => path.startsWith(prefix))
        .map(({ path }) => path.slice(prefix.length).split('.')[0]);
      assert.equal(problem?.expected, `one of: ${[...new Set(keys)].join(', ')}`);
    });
  }

  test('the page describes them as the code does', () => {
    const described = specs.map((spec) => [spec.path, typeOf(spec), defaultOf(spec)]);
    const onPage = options.map(({ Option, Type, Default }) => [Option, Type, Default]);
    assert.deepEqual(onPage, described);
  });

  for (const { path, type, min, max } of specs) {
    if (type !== 'integer') continue;
    test(`the range of ${path} is the one that the server names`, () => {
      const [problem] = problemsOf(optionsWith(path, Number.NaN));
      assert.equal(problem.path, path);
      assert.match(problem.expected, new RegExp(`^an integer from ${min} to ${max}(?: |$)`));
    });
  }
});

describe('settings of a Runner application', () => {
  test('each limit of a server can be set, and nothing that is no option', () => {
    const limits = specs.map(({ path }) => path).filter((path) => path.startsWith('limits.'));
    const paths = new Set(specs.map(({ path }) => path));
    const options = [...ORIGINS.keys()];
    assert.deepEqual(
      limits.filter((path) => !options.includes(path)),
      [],
    );
    assert.deepEqual(
      options.filter((option) => option !== '' && !paths.has(option)),
      ['open', 'closeTimeoutMs', 'streamIterables'],
    );
  });

  test('a limit that is Infinity becomes the largest that the server accepts', () => {
    for (const { path, max } of specs) {
      const setting = ORIGINS.get(path);
      if (!path.startsWith('limits.') || !setting?.startsWith('http.')) continue;
      const config = setting
        .split('.')
        .reduceRight((inner, key) => ({ [key]: inner }), /** @type {any} */ (Number.POSITIVE_INFINITY));
      const option = path.split('.').reduce((at, key) => at[key], serverOptions(config, {}).options);
      assert.equal(option, max, path);
    }
  });
});
