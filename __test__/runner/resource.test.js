// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { exposeRuntime, nativeExposure } = /** @type {any} */ (require('../../runner'));
const { test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { peer, startApp, task, tunnel } = require('../helpers/runner-app.js');
const { TunnelServer } = require('../helpers/server.js');

const { globals, r } = peer;

const config = { http: { listen: { port: 0 }, auth: { allowAnonymous: true } } };
const items = () => [task('echo'), tunnel('tunnel', { mode: 'server', tasks: ['echo'] })];

/** @param {any} runtime @param {any} [resource] */
const portOf = (runtime, resource = nativeExposure) =>
  runtime.getResourceValue(resource).server.address().port;

/** @param {number} port */
const discovered = async (port) =>
  (await call({ port, method: 'GET', path: '/__runner/discovery' })).json.result.allowList;

/** @param {any[]} logs */
const chosen = (logs) =>
  logs
    .filter(({ message }) => message === 'node.exposure.server')
    .map(({ level, context }) => [level, context]);

test('the resource serves the application natively, and logs that', async (t) => {
  const { runtime, logs } = await startApp(t, [...items(), nativeExposure.with(config)]);
  const { server, basePath } = runtime.getResourceValue(nativeExposure);
  assert.ok(server instanceof TunnelServer);
  assert.equal(basePath, '/__runner');
  assert.deepEqual((await callTask(portOf(runtime), 'echo', { a: 1 })).json, { ok: true, result: { a: 1 } });
  assert.deepEqual(chosen(logs), [['info', { server: 'native' }]]);
});

for (const mode of [{}, { lazy: true }, { initMode: 'parallel' }]) {
  test(`a tunnel that is initialised after the server is exposed when run() is done: ${JSON.stringify(mode)}`, async (t) => {
    // A resource that depends on the server cannot be initialised before it.
    const late = r
      .resource('tunnel.late')
      .tags([globals.tags.tunnel])
      .dependencies({ exposure: nativeExposure })
      .init(async () => ({ mode: 'server', tasks: ['echo'] }))
      .build();
    const eager = r
      .hook('eager')
      .on(globals.events.ready)
      .dependencies({ late })
      .run(async () => {})
      .build();
    const { runtime } = await startApp(t, [task('echo'), late, eager, nativeExposure.with(config)], mode);
    const { port } = runtime.store.resources.get(nativeExposure.id).value.server.address();
    assert.deepEqual(await discovered(port), { enabled: true, tasks: ['echo'], events: [] });
    assert.equal((await callTask(port, 'echo', 1)).status, 200);
  });
}

test('a tunnel that changes while the application starts is asked again before anybody hears that it is ready', async (t) => {
  /** @type {string[]} */
  const tasks = [];
  const changing = tunnel('tunnel', { mode: 'server', tasks });
  const after = r
    .resource('after')
    .dependencies({ exposure: nativeExposure })
    .init(async () => {
      tasks.push('echo');
    })
    .build();
  /** @type {number[]} */
  const statuses = [];
  const caller = r
    .hook('caller')
    .on(globals.events.ready)
    .order(-1_000_000)
    // Of the dependencies of a hook, the tunnel is initialised first and then the server.
    .dependencies({ changing, exposure: nativeExposure })
    .run(async (/** @type {any} */ _event, /** @type {any} */ { exposure }) => {
      statuses.push((await callTask(exposure.server.address().port, 'echo', 1)).status);
    })
    .build();
  await startApp(t, [after, caller, task('echo'), changing, nativeExposure.with(config)]);
  assert.deepEqual(statuses, [200]);
});

test('a server that is initialised lazily, in an application that runs, serves', async (t) => {
  const tunnels = items();
  const { runtime } = await startApp(t, [...tunnels, nativeExposure.with(config)], { lazy: true });
  const { server } = await runtime.getLazyResourceValue(nativeExposure);
  const { port } = server.address();
  assert.equal((await callTask(port, 'echo', 1)).status, 403);
  await runtime.getLazyResourceValue(tunnels[1]);
  assert.equal((await callTask(port, 'echo', 1)).status, 200);
});

test('forks are servers of their own', async (t) => {
  const second = nativeExposure.fork('second.exposure');
  const locked = { http: { ...config.http, auth: { token: 'secret' } } };
  const { runtime } = await startApp(t, [...items(), nativeExposure.with(config), second.with(locked)]);
  assert.notEqual(portOf(runtime), portOf(runtime, second));
  assert.equal((await callTask(portOf(runtime), 'echo', 1)).status, 200);
  assert.equal((await callTask(portOf(runtime, second), 'echo', 1)).status, 401);
});

test('the server ends with the application', async (t) => {
  const { runtime } = await startApp(t, [...items(), nativeExposure.with(config)]);
  const { server } = runtime.getResourceValue(nativeExposure);
  const { port } = server.address();
  await runtime.dispose();
  assert.equal(server.state, 'closed');
  await assert.rejects(callTask(port, 'echo', 1), { code: 'ECONNREFUSED' });
});

test('a configuration that cannot be used ends the start with its problems', async (t) => {
  const wrong = { http: { listen: { port: -1 }, cors: { maxAge: 'long' } } };
  await assert.rejects(startApp(t, [nativeExposure.with(wrong)]), (/** @type {any} */ error) => {
    assert.equal(error.code, 'CONFIG_INVALID');
    const paths = error.problems.map((/** @type {any} */ { path }) => path);
    assert.deepEqual(paths.sort(), ['http.cors.maxAge', 'http.listen.port']);
    return true;
  });
});

test('an address that is taken ends the start', async (t) => {
  const { runtime } = await startApp(t, [nativeExposure.with(config)]);
  const taken = { http: { ...config.http, listen: { port: portOf(runtime) } } };
  await assert.rejects(startApp(t, [nativeExposure.with(taken)]), { code: 'EADDRINUSE' });
});

test('an application that runs already is exposed, until it is closed', async (t) => {
  const { runtime } = await startApp(t, items());
  const exposure = await exposeRuntime(runtime, config);
  const { port } = exposure.server.address();
  assert.deepEqual((await callTask(port, 'echo', 1)).json, { ok: true, result: 1 });
  await exposure.close({ timeoutMs: 0 });
  await assert.rejects(callTask(port, 'echo', 1), { code: 'ECONNREFUSED' });
});

test('what is not a runtime cannot be exposed', async () => {
  for (const runtime of [undefined, {}, nativeExposure]) {
    await assert.rejects(exposeRuntime(runtime, config), /the first argument is not a runtime/);
  }
});

test('a tunnel that changes is asked again by refresh()', async (t) => {
  /** @type {string[]} */
  const tasks = [];
  const { runtime } = await startApp(t, [
    task('echo'),
    tunnel('tunnel', { mode: 'server', tasks }),
    nativeExposure.with(config),
  ]);
  assert.equal((await callTask(portOf(runtime), 'echo', 1)).status, 403);
  tasks.push('echo');
  runtime.getResourceValue(nativeExposure).refresh();
  assert.equal((await callTask(portOf(runtime), 'echo', 1)).status, 200);
});

test('the environment hands the application to nodeExposure, and the log says why', async (t) => {
  process.env.RUNNER_NATIVE = 'off';
  t.after(() => delete process.env.RUNNER_NATIVE);
  const { runtime, logs } = await startApp(t, [...items(), nativeExposure.with(config)]);
  const { server, refresh } = runtime.getResourceValue(nativeExposure);
  assert.ok(server instanceof require('node:http').Server);
  refresh();
  assert.deepEqual((await callTask(portOf(runtime), 'echo', 1)).json, { ok: true, result: 1 });
  assert.deepEqual(chosen(logs), [['info', { server: 'nodeExposure', reason: 'RUNNER_NATIVE is off' }]]);
});

test('without an address the application gets the handlers of nodeExposure', async (t) => {
  const { runtime, logs } = await startApp(t, [...items(), nativeExposure.with({ http: {} })]);
  const { server, handleRequest, createRequestListener, attachTo } = runtime.getResourceValue(nativeExposure);
  assert.equal(server, null);
  for (const handler of [handleRequest, createRequestListener, attachTo])
    assert.equal(typeof handler, 'function');
  assert.equal(chosen(logs)[0][1].server, 'nodeExposure');
});
