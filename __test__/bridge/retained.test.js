// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');

const CALLS = 512;
/** Of a head, and of an input, that a handler keeps a few characters of. */
const LARGE = 14_000;

/**
 * How many bytes of heap each call leaves behind, measured by many concurrent calls of `keep` in a child.
 *
 * @param {import('node:test').TestContext} t
 * @param {(input: any, context: any) => unknown} keep what is kept of a call
 */
async function bytesKept(t, keep) {
  const source = `async (world) => {
    const { makeServer, callTask, send, data } = world;
    const kept = [];
    const keep = ${String(keep)};
    const server = makeServer();
    server.registerTask('keep', (input, context) => void kept.push(keep(input, context)));
    const { port } = await server.listen();
    const large = 'x'.repeat(data.LARGE);
    const call = async (i) => {
      const headers = { 'x-large': large, 'x-user-name': 'the-name-of-user-' + i };
      const { status } = await callTask(port, 'keep', { text: 'the-text-of-user-' + i, large }, { headers });
      if (status !== 200) throw new Error('status ' + status);
    };
    const round = async (calls) => {
      for (let i = 0; i < calls; i += 64) await Promise.all(Array.from({ length: 64 }, (_, at) => call(i + at)));
      globalThis.gc();
    };
    await round(64);
    const before = process.memoryUsage().heapUsed;
    await round(data.CALLS);
    send((process.memoryUsage().heapUsed - before) / data.CALLS);
    await server.close();
  }`;
  const child = startChild(t, /** @type {any} */ (source), { CALLS, LARGE }, { execArgv: ['--expose-gc'] });
  const bytes = await child.next();
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
  return bytes;
}

/** @type {[string, (input: any, context: any) => unknown][]} */
const KEPT = [
  ['a header', (_input, { headers }) => headers['x-user-name']],
  ['the request id', (_input, { requestId }) => requestId],
  ['the path', (_input, { path }) => path],
  ['a string of the input', ({ text }) => text],
];

for (const [what, keep] of KEPT) {
  test(`a handler that keeps ${what} keeps nothing else of the call`, async (t) => {
    const bytes = await bytesKept(t, keep);
    assert.ok(bytes < LARGE / 4, `${bytes} bytes a call`);
  });
}
