// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { TunnelServer } = require('@bluelibs/runner-native');
const { declarations, optionDefaults } = require('../helpers/docs/declarations.js');
const { table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');
const rust = require('../helpers/docs/rust.js');

const declared = declarations(read('index.d.ts'));
const options = table(read('docs/reference/options.md'), ['Option', 'Type', 'Default', 'Effect']);
const documented = new Map(options.map((row) => [row.Option, row]));

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

  for (const level of ['', 'cors', 'auth', 'allowList', 'limits', 'limits.multipart']) {
    test(`the page lists what the server knows ${level ? `under ${level}` : 'at the top'}`, () => {
      const unknown = level ? `${level}.unknown` : 'unknown';
      const problem = problemsOf(optionsWith(unknown, 1)).find(({ path }) => path === unknown);
      const known = problem?.expected.replace(/^one of: /, '').split(', ');
      const prefix = level ? `${level}.` : '';
      const keys = [...documented.keys()]
        .filter((option) => option.startsWith(prefix))
        .map((option) => option.slice(prefix.length).split('.')[0]);
      assert.deepEqual(known?.sort(), [...new Set(keys)].sort());
    });
  }

  for (const { Option, Type } of options) {
    const range = /^integer, (\d+)–(\d+)/.exec(Type);
    if (!range) continue;
    test(`the range of ${Option} is the one that the server names`, () => {
      const [problem] = problemsOf(optionsWith(Option, Number.NaN));
      assert.equal(problem.path, Option);
      assert.match(problem.expected, new RegExp(`^an integer from ${range[1]} to ${range[2]}(?: |$)`));
    });
  }

  test('the documented defaults are those in the code', () => {
    const config = read('src/config/mod.rs');
    const auth = read('src/config/auth.rs');
    const cors = read('src/config/cors.rs');
    const methods = rust.constant(cors, 'DEFAULT_METHODS').split(', ');
    const inCode = new Map([
      ['host', `'${rust.constant(config, 'DEFAULT_HOST')}'`],
      ['basePath', `'${rust.constant(config, 'DEFAULT_BASE_PATH')}'`],
      ['cors.methods', `[${methods.map((method) => `'${method}'`).join(', ')}]`],
      ['cors.credentials', rust.flag(cors, 'credentials')],
      ['cors.varyOrigin', rust.flag(cors, 'varyOrigin')],
      ['auth.header', `'${rust.constant(auth, 'DEFAULT_HEADER')}'`],
      ['auth.allowAnonymous', rust.flag(auth, 'allowAnonymous')],
      ['disableDiscovery', rust.flag(config, 'disableDiscovery')],
      ['ioThreads', rust.constant(config, 'DEFAULT_IO_THREADS')],
      ...rust.limitDefaults(read('src/config/limits.rs'), 'Limits', 'limits'),
      ...rust.limitDefaults(read('src/config/multipart.rs'), 'MultipartLimits', 'limits.multipart'),
    ]);
    const onPage = new Map(
      options
        .filter(({ Default }) => !/^(?:none|required)$/.test(Default))
        .map((row) => [row.Option, row.Default]),
    );
    assert.deepEqual(onPage, inCode);
  });
});
