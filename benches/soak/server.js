// @ts-check
'use strict';

// The server under test, in a process of its own. Reads one line a question, answers one line of JSON to each.

const fs = require('node:fs');
const readline = require('node:readline');
const { TunnelError, TunnelServer } = require('../..');
const { TOKEN } = require('../lib/work');

const gc = /** @type {(() => void) | undefined} */ (/** @type {any} */ (globalThis).gc);

/** How many calls of `waits` were begun, and how many of those saw their client leave. */
const left = { begun: 0, seen: 0 };

const server = new TunnelServer({ port: 0, auth: { token: TOKEN } });
server.registerTask('add', (/** @type {{ a: number, b: number }} */ { a, b }) => a + b);
server.registerTask('later', async (input) => {
  await new Promise((resolve) => setImmediate(resolve));
  return input;
});
server.registerTask('echo', (input) => input);
server.registerTask('context', (_input, context) => [
  context.requestId.length,
  context.path,
  context.headers.host,
]);
server.registerTask('typed', () => {
  throw new TunnelError({ message: 'Taken', code: 'TAKEN', httpCode: 409, data: { name: 'x' } });
});
server.registerTask('throws', () => {
  throw new Error('not for clients');
});
server.registerTask('rejects', () => Promise.reject(new Error('not for clients')));
server.registerTask('cycle', () => {
  /** @type {Record<string, unknown>} */
  const cycle = {};
  cycle.self = cycle;
  return cycle;
});
server.registerTask('waits', (_input, { signal }) => {
  left.begun++;
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      left.seen++;
      resolve('too late');
    });
  });
});
server.registerEvent('seen', (/** @type {object} */ payload) => ({ ...payload, seen: true }));

server.listen().then(({ port }) => {
  print({ port });
  const lines = readline.createInterface({ input: process.stdin });
  let closing = false;
  lines.on('line', (line) => {
    if (line === 'sample') return print(sample());
    if (line !== 'close') return;
    closing = true;
    server.close().then(() => print({ closed: true }));
  });
  // After a close, nothing but a leak keeps this process alive; before it, the harness has gone.
  lines.on('close', () => {
    if (!closing) process.exit(0);
  });
});

function sample() {
  gc?.();
  gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external, resources: countResources(), left: { ...left } };
}

/** What keeps the event loop busy, by kind. */
function countResources() {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** @param {unknown} value */
function print(value) {
  fs.writeSync(1, `${JSON.stringify(value)}\n`);
}
