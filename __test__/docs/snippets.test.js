// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { blocks } = require('../helpers/docs/markdown.js');
const { pages, read } = require('../helpers/docs/pages.js');
const { announced, run } = require('../helpers/docs/snippet.js');

for (const page of pages()) {
  const snippets = blocks(read(page)).filter(({ language }) => language === 'js');
  if (snippets.length === 0) continue;
  describe(page, { concurrency: 2 }, () => {
    snippets.forEach(({ heading, code }, index) => {
      const name = `snippet ${index + 1}, under "${heading}", runs and prints what it says`;
      test(name, { timeout: 30_000 }, async (t) => {
        const printed = await run(code, t.signal);
        for (const line of announced(code))
          assert.ok(printed.includes(line), `${line}\nis not in\n${printed.join('\n')}`);
      });
    });
  });
}
