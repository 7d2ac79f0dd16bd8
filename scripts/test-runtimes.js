// @ts-check
'use strict';

// npm run test:runtimes                the JavaScript tests on every Node, a smoke test on Bun and Deno
// npm run test:runtimes -- node-http   the tests whose path has one of these words
// npm run test:runtimes -- --on=26     on the runtimes whose name has one of these words: --on=26,bun
// The runtimes come from the npm registry, and stay in .cache/; so do the logs.

const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, fail } = require('./run.js');
const { CACHE, RUNTIMES, fetchRuntime } = require('./runtimes.js');
const { setup } = require('./setup.js');

/** Lines of a log that are shown of a run that fails. */
const SHOWN_LINES = 60;

/** @typedef {{ name: string, version: string, passed: boolean, tests: string, seconds: number }} Outcome */

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg.startsWith('-') && !arg.startsWith('--on='));
if (unknown.length > 0) fail(`test:runtimes: unknown option ${unknown.join(', ')}`);
const words = args.filter((arg) => !arg.startsWith('-'));
const wanted = args.flatMap((arg) => (arg.startsWith('--on=') ? arg.slice(5).toLowerCase().split(',') : []));

main();

async function main() {
  setup();
  const chosen = RUNTIMES.filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word)),
  );
  if (chosen.length === 0) fail(`test:runtimes: no runtime is called ${wanted.join(' or ')}`);
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const [at, runtime] of chosen.entries()) {
    console.log(`\n[${at + 1}/${chosen.length}] ${runtime.name}`);
    outcomes.push(await testOn(runtime));
  }
  console.log(`\n${table(outcomes)}`);
  if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
}

/**
 * @param {import('./runtimes.js').Runtime} runtime
 * @returns {Promise<Outcome>}
 */
async function testOn(runtime) {
  const binary = fetchRuntime(runtime);
  const printed = execFileSync(binary, ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+\.\d+/.exec(printed)?.[0] ?? printed.trim();
  const log = path.join(CACHE, `${runtime.name.toLowerCase().replace(' ', '-')}.log`);
  const suite = runtime.isNode ? ['scripts/test.js', '--only-js', ...words] : ['scripts/smoke.cjs'];
  console.log(`  ${version}: ${suite.join(' ')}`);
  const from = Date.now();
  const status = await logged(binary, [...runtime.run, ...suite], log);
  const seconds = (Date.now() - from) / 1000;
  const text = fs.readFileSync(log, 'utf8');
  const tests = runtime.isNode ? count(text) : 'smoke test';
  console.log(`  ${status === 0 ? 'passed' : 'FAILED'}: ${tests} in ${seconds.toFixed(0)} s`);
  if (status !== 0) console.log(failures(text), `\n  the whole log: ${path.relative(ROOT, log)}`);
  return { name: runtime.name, version, passed: status === 0, tests, seconds };
}

/**
 * Runs a command with its runtime first in PATH, and writes its output to a file.
 *
 * @param {string} binary
 * @param {string[]} args
 * @param {string} log
 * @returns {Promise<number | null>} its exit code
 */
function logged(binary, args, log) {
  const output = fs.openSync(log, 'w');
  const PATH = [path.dirname(binary), process.env.PATH].join(path.delimiter);
  const options = { cwd: ROOT, env: { ...process.env, PATH } };
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { ...options, stdio: ['ignore', output, output] });
    child.on('error', reject);
    child.on('close', (code) => {
      fs.closeSync(output);
      resolve(code);
    });
  });
}

/** @param {string} text of Node's test runner */
function count(text) {
  const [, passed] = /^ℹ pass (\d+)$/m.exec(text) ?? [];
  const [, failed] = /^ℹ fail (\d+)$/m.exec(text) ?? [];
  return passed === undefined ? 'no tests' : `${passed} passed, ${failed} failed`;
}

/** @param {string} text */
function failures(text) {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.includes('failing tests'));
  return lines
    .slice(start < 0 ? -SHOWN_LINES : start)
    .slice(0, SHOWN_LINES)
    .join('\n');
}

/** @param {Outcome[]} outcomes */
function table(outcomes) {
  const rows = outcomes.map(({ name, version, passed, tests, seconds }) => [
    name,
    version,
    passed ? 'passed' : 'FAILED',
    tests,
    `${seconds.toFixed(0)} s`,
  ]);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
