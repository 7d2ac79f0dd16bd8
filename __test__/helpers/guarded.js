// @ts-check
'use strict';

const nodeTest = require('node:test');

/** Far beyond what a test needs on a slow machine: it ends a test that hangs, it measures nothing. */
const GUARD_MS = 120_000;

/**
 * `test` of node:test with a guard against hanging.
 *
 * @param {string} name the sentence that the test proves
 * @param {(t: import('node:test').TestContext) => Promise<void>} body
 */
function test(name, body) {
  return nodeTest.test(name, { timeout: GUARD_MS }, body);
}

/**
 * Polls a condition, once per turn of the event loop, until it holds. For facts that no event announces, such as a
 * count of open files. The test's guard ends it.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => boolean | Promise<boolean>} check
 */
async function eventually(t, check) {
  while (!(await check())) {
    if (t.signal.aborted) throw new Error('did not come true before the test timed out');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

module.exports = { test, eventually };
