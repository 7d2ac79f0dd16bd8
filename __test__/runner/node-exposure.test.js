// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { once } = require('node:events');
const { startNodeExposure } = require('../../runner/node-exposure.js');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { startApp, task, tunnel } = require('../helpers/runner-app.js');

const auth = { allowAnonymous: true };
const listen = { port: 0 };

/**
 * @param {any} t
 * @param {any} settings of `http`
 * @param {any} [native]
 */
async function start(t, settings, native) {
  const { deps, logs } = await startApp(t, [
    task('echo'),
    tunnel('tunnel', { mode: 'server', tasks: ['echo'] }),
  ]);
  const exposure = await startNodeExposure({ http: { auth, ...settings }, native }, deps);
  t.after(() => exposure.close({ timeoutMs: 0 }));
  return { exposure, logs, port: exposure.server?.address()?.port };
}

test('nodeExposure serves with the same configuration', async (t) => {
  const { exposure, port } = await start(t, { listen, basePath: 'api', auth: { token: 'secret' } });
  assert.equal(exposure.basePath, '/api');
  const response = await call({
    port,
    path: '/api/task/echo',
    headers: { 'x-runner-token': 'secret' },
    body: '7',
  });
  assert.deepEqual([response.status, response.json], [200, { ok: true, result: 7 }]);
  assert.equal((await call({ port, path: '/api/task/echo', body: '7' })).status, 401);
  assert.equal(exposure.refresh(), undefined);
});

test('without an address the application attaches the handlers itself', async (t) => {
  const { exposure } = await start(t, {});
  const server = exposure.createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { status } = await callTask(server.address().port, 'echo', 1);
  assert.equal(status, 200);
});

test('it is attached to the server that the application has', async (t) => {
  const server = http.createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { exposure } = await start(t, { server, listen });
  assert.equal(exposure.server, server);
  const { port } = /** @type {any} */ (server.address());
  assert.deepEqual((await callTask(port, 'echo', 1)).json, { ok: true, result: 1 });
});

test('what is outside of the base path goes to the fallback, with its body', async (t) => {
  const { port, logs } = await start(t, {
    listen,
    fallback: async (/** @type {any} */ req, /** @type {any} */ res) => {
      let body = '';
      for await (const chunk of req) body += chunk;
      res.end(`${req.url} ${body}`);
    },
  });
  assert.deepEqual((await callTask(port, 'echo', 'x')).json, { ok: true, result: 'x' });
  for (const path of ['/__runner', '/__runner/', '/__runner/nothing']) {
    assert.equal((await call({ port, path })).status, 404);
  }
  for (const path of ['/', '/__runners', '/a?b=/__runner', '//[']) {
    assert.equal((await call({ port, path, body: 'text' })).text, `${path} text`);
  }
  const { context } = logs.find(({ message }) => message === 'node.exposure.listen');
  assert.deepEqual(context, { basePath: '/__runner', port: 0, host: '127.0.0.1' });
});

test('a fallback that fails is a 500, or cut where it has begun to respond, and logged', async (t) => {
  const { port, logs } = await start(t, {
    listen,
    fallback: async (/** @type {any} */ req, /** @type {any} */ res) => {
      if (req.url === '/begun') {
        res.writeHead(200);
        res.write('some');
      }
      throw new Error('no view');
    },
  });
  assert.deepEqual((await call({ port, path: '/' })).json, {
    ok: false,
    error: { message: 'Internal Error', code: 'INTERNAL_ERROR' },
  });
  await assert.rejects(call({ port, path: '/begun' }));
  const failures = logs.filter(({ message }) => message === 'exposure.fallback.error');
  assert.deepEqual(
    failures.map(({ level, error }) => [level, error.message]),
    [
      ['error', 'no view'],
      ['error', 'no view'],
    ],
  );
});

test('closing the server of the fallback does not wait for connections that idle or hang', async (t) => {
  const { exposure, port } = await start(t, { listen, fallback: () => {} });
  const agent = keepAliveAgent(t);
  assert.equal((await callTask(port, 'echo', 1, { agent })).status, 200);
  const hanging = call({ port, path: '/hangs' });
  const cut = assert.rejects(hanging);
  await once(exposure.server, 'request');
  await Promise.all([exposure.close({ timeoutMs: 1 }), exposure.close({ timeoutMs: 1 })]);
  await cut;
  await assert.rejects(callTask(port, 'echo', 1));
});

test('how long closing waits is configured as for the native server', async (t) => {
  const { exposure, port } = await start(t, { listen, fallback: () => {} }, { closeTimeoutMs: 77 });
  const cut = assert.rejects(call({ port, path: '/hangs' }));
  await once(exposure.server, 'request');
  const timers = t.mock.method(globalThis, 'setTimeout');
  await exposure.close();
  await cut;
  const waits = timers.mock.calls.map(({ arguments: [, wait] }) => wait);
  assert.ok(waits.includes(77), String(waits));
});

test('an address that is taken is an error', async (t) => {
  const { port } = await start(t, { listen, fallback: () => {} });
  await assert.rejects(start(t, { listen: { port }, fallback: () => {} }), { code: 'EADDRINUSE' });
});

test('a fallback that cannot be one, or has nothing to listen on, is refused', async (t) => {
  for (const settings of [
    { listen, fallback: 'express' },
    { fallback: () => {} },
    { listen, server: http.createServer(), fallback: () => {} },
  ]) {
    await assert.rejects(start(t, settings), (/** @type {any} */ error) => {
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.deepEqual(
        error.problems.map((/** @type {any} */ { path }) => path),
        ['http.fallback'],
      );
      return true;
    });
  }
});
