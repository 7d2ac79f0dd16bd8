// @ts-check
'use strict';

// node benches/render.js [results.json]: renders the charts and tables again, without measuring.

const fs = require('node:fs');
const path = require('node:path');
const { drawCpu, drawThroughput } = require('./lib/charts');
const { overview, provenance, tables } = require('./lib/report');
const { toMarkdown, toMarkdownRows } = require('./lib/table');

const folder = path.join(__dirname, 'results');
const README = path.join(__dirname, '..', 'README.md');
const BETWEEN_MARKERS = /(<!-- bench:start -->\n)[\s\S]*?(<!-- bench:end -->)/;

/** @param {import('./lib/session').Results} results */
function render(results) {
  fs.mkdirSync(folder, { recursive: true });
  const all = [provenance(results), ...tables(results).map(toMarkdown)].join('\n\n');
  fs.writeFileSync(path.join(folder, 'latest.md'), `${all}\n`);
  fs.writeFileSync(path.join(folder, 'throughput.svg'), drawThroughput(results));
  fs.writeFileSync(path.join(folder, 'cpu.svg'), drawCpu(results));
  const short = `${toMarkdownRows(overview(results))}\n\n${provenance(results)}`;
  const readme = fs.readFileSync(README, 'utf8');
  fs.writeFileSync(
    README,
    readme.replace(BETWEEN_MARKERS, (_, start, end) => `${start}\n${short}\n\n${end}`),
  );
}

if (require.main === module) {
  const file = process.argv[2] ?? path.join(folder, 'latest.json');
  render(JSON.parse(fs.readFileSync(file, 'utf8')));
}

module.exports = { folder, render };
