// @ts-check
'use strict';

// npm run bench: measures this server and its peers with the same work, one at a time. --help lists the options.

const fs = require('node:fs');
const path = require('node:path');
const { HELP, parseOptions } = require('./lib/options');
const { listPeers } = require('./lib/peers');
const { preparePeers } = require('./lib/prepare');
const { provenance, tables } = require('./lib/report');
const { findLoadGenerator } = require('./lib/load');
const { measureAll } = require('./lib/session');
const { toText } = require('./lib/table');
const { folder, render } = require('./render');

async function main() {
  const { settings, complete, out, help } = parseOptions(process.argv.slice(2), listPeers());
  if (help) return print(HELP);
  const generator = findLoadGenerator();
  preparePeers(settings.peers);
  const results = await measureAll(listPeers(), settings, generator, (line) =>
    process.stderr.write(`${line}\n`),
  );
  print(['', provenance(results), ...tables(results).map(toText)].join('\n\n'));
  if (out) save(out, results);
  if (!complete)
    return print('\nNot kept: only a run of every case and peer, with the defaults or more, is.');
  keep(results);
}

/** @param {import('./lib/session').Results} results */
function keep(results) {
  const name = `${results.date.slice(0, 10)}-${results.versions.commit}.json`;
  fs.mkdirSync(folder, { recursive: true });
  save(path.join(folder, name), results);
  save(path.join(folder, 'latest.json'), results);
  render(results);
  print(`\nKept in benches/results/${name}.`);
}

/**
 * @param {string} file
 * @param {unknown} results
 */
function save(file, results) {
  fs.writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n${error.cause ? `${error.cause.message}\n` : ''}`);
  process.exit(1);
});

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(130));
