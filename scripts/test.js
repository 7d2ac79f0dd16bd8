// @ts-check
'use strict';

// npm test                    the tests, Rust first, without the slow ones
// npm run test:slow           the slow ones: large numbers, memory, many connections
// npm test -- lifecycle cors  the JavaScript tests whose path has one of these words, slow ones included
// npm test -- --only-js       without the Rust tests
// npm test -- --only-rust     without the JavaScript tests
// Options that begin with --test- go to Node's test runner.

const { spawnSync } = require('node:child_process');
const os = require('node:os');
const { ROOT, fail, run } = require('./run.js');
const { checkCargo, setup } = require('./setup.js');
const { isSlow, strayFiles, testFiles } = require('./test-files.js');

const OWN_OPTIONS = ['--only-js', '--only-rust', '--only-slow'];

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));
const slow = options.includes('--only-slow');
const unknown = options.filter((option) => !OWN_OPTIONS.includes(option) && !option.startsWith('--test-'));
if (unknown.length > 0) fail(`test: unknown option ${unknown.join(', ')}`);

setup();
if (words.length === 0 && !options.includes('--only-js') && !slow) testRust();
if (!options.includes('--only-rust')) testJavaScript();

function testRust() {
  checkCargo();
  // Checks that the core compiles without the bridge, so that nothing outside of src/node/ depends on napi.
  run('cargo', ['check', '--no-default-features']);
  run('cargo', ['test']);
}

function testJavaScript() {
  const strays = strayFiles();
  if (strays.length > 0) fail(`test: no runner would run ${strays.join(', ')}; name tests *.test.js`);

  const files = testFiles().filter(isWanted);
  if (files.length === 0) fail(`test: no test file matches ${words.join(', ') || '*.test.js'}`);

  const passed = options.filter((option) => option.startsWith('--test-'));
  // By default Node leaves a core free, which is half of two. The slow tests measure memory and run one at a time.
  if (!slow && knowsConcurrency())
    passed.unshift(`--test-concurrency=${Math.max(2, os.availableParallelism() - 1)}`);
  // Files are listed explicitly, since the files that `node --test` finds differ between Node versions.
  const node = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...passed, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = node.status ?? 1;
}

/** @param {string} file */
function isWanted(file) {
  if (words.length > 0) return words.some((word) => file.includes(word));
  return isSlow(file) === slow;
}

/** Node 20.10 brought the flag. */
function knowsConcurrency() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 10);
}
