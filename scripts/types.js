// @ts-check
'use strict';

// Runs tsc over the code, the benchmarks, and the type tests with each of their configurations.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('./run.js');

const TYPE_TESTS = path.join('__test__', 'types');

const configs = fs
  .readdirSync(path.join(ROOT, TYPE_TESTS))
  .filter((name) => /^tsconfig.*\.json$/.test(name))
  .map((name) => path.join(TYPE_TESTS, name));

for (const config of ['tsconfig.json', path.join('benches', 'tsconfig.json'), ...configs]) {
  console.log(`types: ${config}`);
  run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', config]);
}
