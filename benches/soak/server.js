// @ts-check
'use strict';

// The server under test, in its own process.

const { TunnelError, TunnelServer } = require('../..');
const { TOKEN } = require('../lib/workload');
const { serve } = require('./serve');

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

server.listen().then(({ port }) =>
  serve(
    port,
    () => ({ handlers: left.begun - left.seen }),
    () => server.close(),
  ),
);
