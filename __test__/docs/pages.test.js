// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { RunnerLogKey } = require('../../runner/log-keys.js');
const { LogKey } = require('../../lib/log.js');
const { napi, scripts, version } = require('../../package.json');
const { headings, links, slug, table } = require('../helpers/docs/markdown.js');
const { ROOT, pages, read } = require('../helpers/docs/pages.js');

const LONGEST_README = 200;

test('log-events.md lists the messages that a logger gets', () => {
  const listed = table(read('docs/reference/log-events.md'), ['Message', 'Level', 'When', 'Data']);
  assert.deepEqual(
    listed.map(({ Message }) => Message),
    [...Object.values(LogKey), ...Object.values(RunnerLogKey)],
  );
});

test('platforms.md lists the platforms that are built', () => {
  const columns = ['Platform', 'Target', 'Tested by CI on', 'Proven'];
  const listed = table(read('docs/reference/platforms.md'), columns);
  assert.deepEqual(
    listed.map(({ Target }) => Target),
    napi.targets,
  );
});

test(`the README has at most ${LONGEST_README} lines`, () => {
  assert.ok(read('README.md').split('\n').length <= LONGEST_README + 1);
});

test('the changelog has an entry for this version', () => {
  assert.ok(headings(read('CHANGELOG.md')).some((heading) => heading.startsWith(`[${version}] - `)));
});

test('every page in docs/ is reached from the index and from the README', () => {
  const inside = pages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  for (const index of ['README.md', 'docs/README.md']) {
    const reached = new Set(
      links(read(index)).map((target) => path.posix.join(path.posix.dirname(index), target)),
    );
    assert.deepEqual(
      inside.filter((page) => !reached.has(page)),
      [],
    );
  }
});

for (const page of pages()) {
  const text = read(page);

  test(`${page}: every npm script that it names exists`, () => {
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, script, short]) => script ?? short,
    );
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
    );
  });

  test(`${page}: every link inside the repository leads somewhere`, () => {
    const dead = links(text)
      .filter((target) => !/^https:/.test(target))
      .filter((target) => !leadsSomewhere(page, target));
    assert.deepEqual(dead, []);
  });
}

/** @param {string} page @param {string} target of a link on it */
function leadsSomewhere(page, target) {
  const [file, anchor] = target.split('#');
  const linked = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
  if (!fs.existsSync(path.join(ROOT, linked))) return false;
  return anchor === undefined || headings(read(linked)).some((heading) => slug(heading) === anchor);
}
