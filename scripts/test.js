// @ts-check
'use strict';

// npm test                    every test, Rust first
// npm test -- lifecycle cors  the JavaScript tests whose path has one of these words
// npm test -- --only-js       without the Rust tests
// npm test -- --only-rust     without the JavaScript tests
// Options that begin with --test- go to Node's test runner.

const { spawnSync } = require('node:child_process');
const { ROOT, fail, run } = require('./run.js');
const { checkCargo, setup } = require('./setup.js');
const { strayFiles, testFiles } = require('./test-files.js');

const OWN_OPTIONS = ['--only-js', '--only-rust'];

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));
const unknown = options.filter((option) => !OWN_OPTIONS.includes(option) && !option.startsWith('--test-'));
if (unknown.length > 0) fail(`test: unknown option ${unknown.join(', ')}`);

setup();
if (words.length === 0 && !options.includes('--only-js')) testRust();
if (!options.includes('--only-rust')) testJavaScript();

function testRust() {
  checkCargo();
  // The core compiles without the bridge: nothing outside of src/node/ can name napi.
  run('cargo', ['check', '--no-default-features']);
  run('cargo', ['test']);
}

function testJavaScript() {
  const strays = strayFiles();
  if (strays.length > 0) fail(`test: no runner would run ${strays.join(', ')}; name tests *.test.js`);

  const all = testFiles();
  const files = words.length === 0 ? all : all.filter((file) => words.some((word) => file.includes(word)));
  if (files.length === 0) fail(`test: no test file matches ${words.join(', ') || '*.test.js'}`);

  const passed = options.filter((option) => option.startsWith('--test-'));
  // Files are named one by one: what `node --test` finds by itself differs between Node versions.
  const node = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...passed, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = node.status ?? 1;
}
