// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { optionSpecs } = require('../../binding.js');
const { ExitCode } = require('../../lib/cli/exit-codes.js');
const { serveHelp } = require('../../lib/cli/help.js');
const { serveOptions } = require('../../lib/cli/options.js');
const { CliLogKey } = require('../../lib/cli/log-keys.js');
const { FILE_ONLY, POOL_OPTIONS } = require('../../lib/cli/pool-options.js');
const { CODE_ONLY, SERVER_OPTIONS } = require('../../lib/cli/server-options.js');
const { OPTIONS } = require('../../lib/workers/spec.js');
const { table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');

const page = read('docs/reference/cli.md');

describe('the command line', () => {
  test('has a flag for every option of a server that is no code', () => {
    /** @type {{ path: string }[]} */
    const specs = JSON.parse(optionSpecs());
    const known = [...Object.keys(SERVER_OPTIONS), ...CODE_ONLY];
    assert.deepEqual(known.sort(), specs.map(({ path }) => path).sort());
  });

  test('has a flag for every option of a pool that is not for the file alone', () => {
    const known = [...Object.keys(POOL_OPTIONS), ...FILE_ONLY];
    assert.deepEqual(known.sort(), OPTIONS.map(({ path }) => path).sort());
  });

  test('has flags and variables that are each one option', () => {
    for (const key of /** @type {const} */ (['flag', 'variable', 'path'])) {
      const all = serveOptions().map((option) => option[key]);
      assert.equal(new Set(all).size, all.length, key);
    }
  });

  test('lists every option and its variable in the help, in lines that fit a terminal', () => {
    const help = serveHelp();
    for (const { flag, variable, type } of serveOptions()) {
      assert.match(help, new RegExp(`^  --${type === 'boolean' ? `\\[no-\\]${flag}` : `${flag} `}`, 'm'));
      assert.match(help, new RegExp(`^ +${variable}$`, 'm'));
    }
    assert.deepEqual(
      help.split('\n').filter((line) => line.length > 104),
      [],
    );
  });
});

describe('docs/reference/cli.md', () => {
  test('lists the arguments outside of cors, limits and workers', () => {
    const listed = table(page, ['Argument', 'Option', 'Effect']).map(({ Argument, Option }) => [
      Argument,
      Option,
    ]);
    const options = serveOptions().filter(({ path }) => !/^(?:cors|limits|workers)\./.test(path));
    assert.deepEqual(
      listed,
      options.map(({ flag, path }) => [`--${flag}`, path]),
    );
  });

  test('lists the messages and the exit codes', () => {
    const messages = table(page, ['Message', 'Level', 'When', 'Data']).flatMap(({ Message }) =>
      Message.replaceAll('`', '').split(', '),
    );
    assert.deepEqual(messages, Object.values(CliLogKey));
    const codes = table(page, ['Code', 'When']).flatMap(({ Code }) => Code.split(', ').map(Number));
    assert.deepEqual(codes, Object.values(ExitCode));
  });

  test('shows a configuration file whose keys are options', () => {
    const [, example] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const paths = serveOptions().map(({ path }) => path);
    const keys = Object.entries(JSON.parse(example)).flatMap(([key, value]) =>
      value !== null && typeof value === 'object'
        ? Object.keys(value).map((inner) => `${key}.${inner}`)
        : [key],
    );
    assert.deepEqual(
      keys.filter((key) => !paths.includes(key)),
      [],
    );
  });
});
