// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { nativeExposure } = require('../../runner');
const { test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { peer, startApp, task, tunnel } = require('../helpers/runner-app.js');

const { r } = peer;
const echo = task('test.tasks.echo');
const other = task('test.tasks.other');
const http = { listen: { port: 0 }, auth: { allowAnonymous: true } };

/** @param {any} runtime */
const portOf = (runtime) => runtime.getResourceValue(nativeExposure.id).server.address().port;

test('before the application runs, a request sees the tunnels that are initialised by then', async (t) => {
  const first = tunnel('test.first', { mode: 'server', tasks: [echo] });
  const exposure = nativeExposure.with({ http });
  /** @type {number[]} */
  const statuses = [];
  const second = r
    .resource('test.second')
    .dependencies({ first, exposure: nativeExposure })
    .tags([peer.globals.tags.tunnel])
    .init(async (/** @type {any} */ _config, /** @type {any} */ deps) => {
      const { port } = deps.exposure.server.address();
      for (const id of [echo.id, other.id]) statuses.push((await callTask(port, id, 1)).status);
      return { mode: 'server', tasks: [other] };
    })
    .build();
  // The server is made first, so that it knows no tunnel when it begins to listen.
  const { runtime } = await startApp(t, [echo, other, exposure, first, second]);
  assert.deepEqual(statuses, [200, 403]);
  assert.equal((await callTask(portOf(runtime), other.id, 1)).status, 200);
});

test('a tunnel that is initialised lazily is exposed from then on', async (t) => {
  const lazy = tunnel('test.tunnel', { mode: 'server', tasks: [echo] });
  const { runtime } = await startApp(t, [echo, nativeExposure.with({ http }), lazy], { lazy: true });
  const value = await runtime.getLazyResourceValue(nativeExposure.id);
  const { port } = value.server.address();
  const refused = await callTask(port, echo.id, 1);
  assert.equal(refused.status, 403);
  assert.equal(refused.json.error.message, 'Exposure not enabled');
  await runtime.getLazyResourceValue('test.tunnel');
  assert.equal((await callTask(port, echo.id, 1)).status, 200);
  const discovery = await call({ port, method: 'GET', path: '/__runner/discovery' });
  assert.deepEqual(discovery.json.result.allowList, { enabled: true, tasks: [echo.id], events: [] });
});

test('without a tunnel everything is exposed only where the configuration says so', async (t) => {
  const open = { ...http, dangerouslyAllowOpenExposure: true };
  const { runtime } = await startApp(t, [echo, nativeExposure.with({ http: open })]);
  assert.equal((await callTask(portOf(runtime), echo.id, 1)).status, 200);
  const discovery = await call({ port: portOf(runtime), method: 'GET', path: '/__runner/discovery' });
  assert.deepEqual(discovery.json.result.allowList, { enabled: false, tasks: [], events: [] });
});
