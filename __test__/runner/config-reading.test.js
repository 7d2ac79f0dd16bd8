// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { readConfig } = require('../../runner/config.js');
const { test } = require('../helpers/guarded.js');
const { nativeExposure, peer } = require('../helpers/native-app.js');
const { once } = require('../helpers/options.js');

const { r, run } = /** @type {any} */ (peer);

/**
 * Runs an application whose exposure has this configuration.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} config
 */
async function start(t, config) {
  const app = r
    .resource('test.app')
    .register([nativeExposure.with(config)])
    .build();
  const runtime = await run(app, {
    shutdownHooks: false,
    errorBoundary: false,
    logs: { printThreshold: null },
  });
  t.after(() => runtime.dispose());
  return runtime.getResourceValue(nativeExposure.id);
}

test('a configuration is read once, the choice of the server included', async (t) => {
  const http = {
    listen: once({ port: 0, host: '127.0.0.1' }),
    auth: once({ token: [], header: 'x-key' }),
    cors: once({ origin: ['https://a.test'], methods: [] }),
    limits: once({ json: once({ maxSize: 1000 }) }),
    basePath: '/x',
  };
  const { basePath, server } = await start(t, { http: once(http), native: once({ closeTimeoutMs: 100 }) });
  assert.equal(basePath, '/x');
  assert.ok(server.address().port > 0);
});

test('what cannot be read is a problem of its path in the configuration', async (t) => {
  const limits = {
    get json() {
      throw new Error('not today');
    },
  };
  const token = Object.assign([], { length: 4e9 });
  const started = start(t, { http: { listen: { port: 0 }, auth: { token }, limits } });
  await assert.rejects(started, (/** @type {any} */ error) => {
    const { problems } = error;
    assert.deepEqual(
      problems.map((/** @type {any} */ { path, received }) => [path, received]),
      [
        ['http.auth.token', 'an array of 4000000000 items'],
        ['http.limits.json', 'an error: not today'],
      ],
    );
    return true;
  });
});

test('a server of the application is passed on as it is', async () => {
  const server = once({ on: () => {} });
  const { copy, problems } = readConfig({ http: { server } });
  assert.equal(copy.http.server, server);
  assert.deepEqual(problems, []);
});
