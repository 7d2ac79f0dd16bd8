// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { TunnelServer } = require('@bluelibs/runner-native');
const { ApiErrorCode } = require('../../lib/errors.js');
const { LogKey } = require('../../lib/log.js');
const { serverOptions } = require('../../runner/config.js');
const { declarations, optionDefaults, union } = require('../helpers/docs/declarations.js');
const { blocks, headings, links, slug, table } = require('../helpers/docs/markdown.js');
const rust = require('../helpers/docs/rust.js');
const { announced, run } = require('../helpers/docs/snippet.js');

const ROOT = path.join(__dirname, '..', '..');
/** @param {string} file */
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

const readme = read('README.md');
const types = read('index.d.ts');
const declared = declarations(types);
const options = table(readme, ['Option', 'Type', 'Default', 'Effect']);
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
  test('the README and index.d.ts list the same options with the same defaults', () => {
    const inReadme = options.map(({ Option, Default }) => [Option, Default]);
    const inTypes = [...optionDefaults(declared, 'TunnelServerOptions')].map(([option, value]) => [
      option,
      value ?? (option === 'port' ? 'required' : 'none'),
    ]);
    assert.deepEqual(inReadme, inTypes);
  });

  for (const level of ['', 'cors', 'auth', 'allowList', 'limits', 'limits.multipart']) {
    test(`the README lists what the server knows ${level ? `under ${level}` : 'at the top'}`, () => {
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
    const inReadme = new Map(
      options
        .filter(({ Default }) => !/^(?:none|required)$/.test(Default))
        .map((row) => [row.Option, row.Default]),
    );
    assert.deepEqual(inReadme, inCode);
  });
});

describe('settings of a Runner application', () => {
  /**
   * @param {string} path of a setting, or of a section of them
   * @returns {string[]} the settings in it
   */
  function settings(path) {
    const unknown = path ? `${path}.unknown` : 'unknown';
    const config = unknown.split('.').reduceRight((inner, key) => ({ [key]: inner }), /** @type {any} */ (1));
    const problem = serverOptions(config, {}).problems.find((found) => found.path === unknown);
    const keys = problem?.expected.replace(/^one of: /, '').split(', ');
    return keys?.flatMap((key) => settings(path ? `${path}.${key}` : key)) ?? [path];
  }

  test('the README lists each of those that runner/config.js knows', () => {
    const rows = table(readme, ['Setting', 'Effect']).map(({ Setting }) => Setting);
    /** @param {string} setting */
    const rowOf = (setting) => rows.filter((row) => setting === row || setting.startsWith(`${row}.`));
    const listed = settings('').map((setting) => ({ setting, rows: rowOf(setting).length }));
    assert.deepEqual(
      listed.filter(({ rows }) => rows !== 1),
      [],
    );
    assert.deepEqual([...new Set(settings('').flatMap(rowOf))].sort(), rows.sort());
  });
});

describe('errors', () => {
  const wire = table(readme, ['Status', 'Code', 'Message', 'When']);
  const api = table(readme, ['Code', 'From', 'When']);

  test('the README lists the errors that src/error.rs declares', () => {
    const inReadme = wire.map(({ Status, Code, Message }) => ({
      status: Status,
      code: Code,
      message: Message,
    }));
    assert.deepEqual(inReadme, rust.wireErrors(read('src/error.rs')));
  });

  test('WireErrorCode names the codes of the README', () => {
    assert.deepEqual(new Set(union(types, 'WireErrorCode')), new Set(wire.map(({ Code }) => Code)));
  });

  test('ApiErrorCode names the codes of the README and of lib/errors.js', () => {
    const inReadme = api.map(({ Code }) => Code);
    assert.deepEqual(union(types, 'ApiErrorCode'), inReadme);
    assert.deepEqual(Object.keys(ApiErrorCode), inReadme);
  });
});

for (const [file, entry] of [
  ['index.d.ts', '@bluelibs/runner-native'],
  ['runner/index.d.ts', '@bluelibs/runner-native/runner'],
]) {
  describe(file, () => {
    const text = read(file);

    test('every export and every member has a comment', () => {
      const bare = [...declarations(text).values()].flatMap(({ name, doc, members }) => [
        ...(doc ? [] : [name]),
        ...members.filter((member) => !member.doc).map((member) => `${name}.${member.name}`),
      ]);
      assert.deepEqual(bare, []);
    });

    test('it declares the values that are exported', () => {
      const values = [...text.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name]) => name);
      assert.deepEqual(Object.keys(require(entry)).sort(), values.sort());
    });
  });
}

describe('index.d.ts', () => {
  test('it declares the methods that a server has', () => {
    const members = declared.get('TunnelServer')?.members.map(({ name }) => name) ?? [];
    const own = Object.getOwnPropertyNames(TunnelServer.prototype);
    assert.deepEqual(own.sort(), members.filter((name) => !name.startsWith('[')).sort());
    assert.equal(typeof TunnelServer.prototype[Symbol.asyncDispose], 'function');
  });
});

/** @param {string} source of a module with a log key of its own */
function logKey(source) {
  const key = /^const \w+ = '(node\.exposure\.\w+|\[runner\] .+)';$/m.exec(source)?.[1];
  if (key === undefined) throw new Error('no log key');
  return key;
}

describe('README', () => {
  blocks(readme)
    .filter(({ language }) => language === 'js')
    .forEach(({ heading, code }, index) => {
      test(`snippet ${index + 1}, under "${heading}", runs and prints what it says`, {
        timeout: 30_000,
      }, async (t) => {
        const printed = await run(code, t.signal);
        for (const line of announced(code))
          assert.ok(printed.includes(line), `${line}\nis not in\n${printed.join('\n')}`);
      });
    });

  test('every npm script that it names exists', () => {
    const { scripts } = require('../../package.json');
    const named = [...readme.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, script, short]) => script ?? short,
    );
    assert.ok(named.includes('start') && named.includes('test'));
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
    );
  });

  test('it lists the messages that a logger gets', () => {
    const listed = table(readme, ['Message', 'Level', 'When', 'Data']);
    const ofRunner = ['runner/index.js', 'runner/allow-list.js'].map((file) => logKey(read(file)));
    assert.deepEqual(
      listed.map(({ Message }) => Message),
      [...Object.values(LogKey), ...ofRunner],
    );
  });

  test('it lists the platforms that are built', () => {
    const { napi } = require('../../package.json');
    const listed = table(readme, ['Platform', 'Target', 'Tested by CI on', 'Proven']);
    assert.deepEqual(
      listed.map(({ Target }) => Target),
      napi.targets,
    );
  });

  test('every link inside the package leads somewhere', () => {
    const anchors = new Set(headings(readme).map((heading) => `#${slug(heading)}`));
    const inside = [...links(readme), ...links(read('CHANGELOG.md'))].filter(
      (target) => !/^https:/.test(target),
    );
    const dead = inside.filter((target) =>
      target.startsWith('#') ? !anchors.has(target) : !fs.existsSync(path.join(ROOT, target)),
    );
    assert.deepEqual(dead, []);
  });

  test('the changelog has an entry for this version', () => {
    const { version } = require('../../package.json');
    assert.ok(headings(read('CHANGELOG.md')).some((heading) => heading.startsWith(`[${version}] - `)));
  });
});
