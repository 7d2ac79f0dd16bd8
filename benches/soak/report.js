// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { describeMachine, describeOurs } = require('../lib/machine');
const { toText } = require('../lib/table');
const { mb } = require('./verdict');

/**
 * @param {string} file
 * @param {import('./soak').SoakResult} result
 */
function keep(file, result) {
  const kept = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: describeOurs(),
    ...result,
  };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
}

/**
 * @param {string} goal
 * @param {import('./soak').SoakResult} result
 */
function print(goal, { calls, seconds, made, samples, checks }) {
  const every = Math.floor(samples.length / 8);
  const shown = samples.filter((_, n) => (n + 1) % every === 0);
  const tables = [
    {
      title: `${calls} calls in ${seconds.toFixed(0)} s`,
      head: ['Kind', 'calls'],
      rows: Object.entries(made).map(([kind, count]) => [kind, String(count)]),
      leftColumns: 1,
    },
    {
      title: 'Memory after garbage collection',
      head: ['calls', 'RSS MB', 'heap MB', 'external MB', 'files'],
      rows: shown.map((each) => [
        ...[String(each.calls), mb(each.rss), mb(each.heapUsed), mb(each.external), String(each.files)],
      ]),
      leftColumns: 0,
    },
    {
      title: goal,
      head: ['What', 'Figure', 'Goal', 'Verdict'],
      rows: checks.map(({ what, figure, goal, ok }) => [what, figure, goal, ok ? 'met' : 'missed']),
      leftColumns: 4,
    },
  ];
  process.stdout.write(`\n${tables.map(toText).join('\n\n')}\n`);
}

module.exports = { keep, print };
