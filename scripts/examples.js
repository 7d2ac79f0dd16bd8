// @ts-check
'use strict';

// npm run examples             runs every example to its end
// npm run examples -- minimal  those whose name has one of these words

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, fail } = require('./run.js');

const FOLDER = path.join(ROOT, 'examples');
const LIMIT_MS = 60_000;

const words = process.argv.slice(2);
const examples = fs
  .readdirSync(FOLDER)
  .filter((name) => /\.m?js$/.test(name))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
if (examples.length === 0) fail(`examples: none matches ${words.join(', ')}`);

for (const example of examples) {
  console.log(`\n== examples/${example}`);
  const { status, signal, error } = spawnSync(process.execPath, [path.join(FOLDER, example), '--once'], {
    cwd: ROOT,
    stdio: 'inherit',
    timeout: LIMIT_MS,
  });
  if (status !== 0)
    fail(`examples: ${example} failed (${error?.message ?? signal ?? `exit code ${status}`})`);
}
console.log(`\nexamples: all ${examples.length} ran to their end`);
