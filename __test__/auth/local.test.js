// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

const PATH = '/__runner/task/count';

/**
 * A server whose task `count` counts how often it ran.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options]
 */
async function start(t, options = {}) {
  const logger = recordingLogger();
  let runs = 0;
  const { port } = await startServer(t, { logger, ...options }, (server) =>
    server.registerTask('count', () => {
      runs += 1;
    }),
  );
  /** @type {(headers: Record<string, string>, more?: object) => Promise<number>} */
  const ask = async (headers, more = {}) => (await call({ port, path: PATH, headers, ...more })).status;
  return { port, logger, ask, runs: () => runs };
}

test('a page of another site and a foreign host name run nothing, and are logged', async (t) => {
  const { logger, ask, runs } = await start(t);
  const plain = { 'content-type': 'text/plain;charset=UTF-8', 'x-runner-request-id': 'r-1' };
  assert.equal(await ask({ ...plain, origin: 'https://evil.test' }), 403);
  assert.equal(await ask({ ...plain, host: 'rebound.evil.test' }), 403);
  assert.equal(runs(), 0);
  await eventually(t, () => logger.entries.length === 2);
  const data = { requestId: 'r-1', method: 'POST', path: PATH, status: 403, code: 'FORBIDDEN' };
  const entry = { level: 'warn', message: 'exposure.auth.failure', data };
  assert.deepEqual(logger.entries, [entry, entry]);
});

test('a local client is served under every name of this machine', async (t) => {
  const { port, ask, runs } = await start(t);
  for (const host of ['localhost', `127.0.0.1:${port}`, `[::1]:${port}`, `app.localhost:${port}`]) {
    assert.equal(await ask({ host, origin: `http://${host}` }), 200, host);
  }
  assert.equal(runs(), 4);
});

for (const [what, options] of /** @type {[string, object][]} */ ([
  ['allowAnonymous', { auth: { allowAnonymous: true } }],
  ['a CORS option', { cors: { origin: ['https://app.test'] } }],
  ['corsOrigins', { corsOrigins: '*' }],
])) {
  test(`${what} opens the server to other names`, async (t) => {
    const { ask, runs } = await start(t, options);
    assert.equal(await ask({ host: 'app.test', origin: 'https://app.test' }), 200);
    assert.equal(runs(), 1);
  });
}

test('what is outside of the base path is left to the application', async (t) => {
  const fallback = (/** @type {any} */ req, /** @type {any} */ res) => res.end(req.headers.host);
  const { ask } = await start(t, { fallback });
  assert.equal(
    await ask({ host: 'app.test', origin: 'https://app.test' }, { method: 'GET', path: '/' }),
    200,
  );
});

for (const [authority, expected] of /** @type {[string, number][]} */ ([
  ['localhost', 200],
  ['127.0.0.1:99', 200],
  ['a@b@localhost', 200],
  ['/localhost', 200],
  ['evil.test', 403],
  ['localhost@evil.test', 403],
  ['evil.test:x', 403],
  ['/evil.test', 403],
])) {
  test(`a target with the authority "${authority}" is ${expected}, whatever its host header says`, async (t) => {
    const { port } = await start(t);
    const client = await connect(t, port);
    await client.write(requestText({ path: `http://${authority}${PATH}?<q>` }));
    assert.equal((await client.response()).status, expected);
  });
}
