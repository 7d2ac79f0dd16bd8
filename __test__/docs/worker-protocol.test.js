// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { blocks } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');
const { test } = require('../helpers/guarded.js');
const { nodeScript, startWorkerProcess } = require('../helpers/worker-client.js');

/** Stands for any value. */
const ANY = '…';

/**
 * Whether a message is the one that the page shows.
 *
 * @param {any} message
 * @param {any} shown
 * @returns {void}
 */
function assertShown(message, shown) {
  if (shown === ANY) return;
  if (shown === null || typeof shown !== 'object' || Array.isArray(shown)) {
    assert.deepEqual(message, shown);
    return;
  }
  assert.deepEqual(Object.keys(message), Object.keys(shown));
  for (const [key, value] of Object.entries(shown)) assertShown(message[key], value);
}

describe('docs/reference/worker-protocol.md', () => {
  const conversations = blocks(read('docs/reference/worker-protocol.md')).filter(
    ({ language }) => language === 'worker',
  );

  for (const { heading, code } of conversations) {
    const [script, ...lines] = code.trimEnd().split('\n');

    test(`the conversation under "${heading}" is what ${script} says`, async (t) => {
      const worker = startWorkerProcess(t, nodeScript(script));
      for (const line of lines) {
        if (line.startsWith('> ')) worker.write(`${line.slice(2)}\n`);
        else assertShown(await worker.next(), JSON.parse(line.slice(2)));
      }
      const { code: exitCode } = await worker.exited;
      assert.equal(exitCode, 0);
      await assert.rejects(worker.next(), /the worker is gone/);
    });
  }
});
