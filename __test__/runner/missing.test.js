// @ts-check
'use strict';

// In a file of its own, and so in its own process, since nothing else may have loaded the binary.
process.env.NAPI_RS_NATIVE_LIBRARY_PATH = '/nowhere/runner-native.node';

const assert = require('node:assert/strict');
const http = require('node:http');
const { nativeExposure } = /** @type {any} */ (require('../../runner'));
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { startApp, task, tunnel } = require('../helpers/runner-app.js');

test('nodeExposure serves where the binary is missing, and the log says why', async (t) => {
  const config = { http: { listen: { port: 0 }, auth: { allowAnonymous: true } } };
  const exposed = tunnel('tunnel', { mode: 'server', tasks: ['echo'] });
  const { runtime, logs } = await startApp(t, [task('echo'), exposed, nativeExposure.with(config)]);
  const { server } = runtime.getResourceValue(nativeExposure);
  assert.ok(server instanceof http.Server);
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  assert.deepEqual((await callTask(port, 'echo', 1)).json, { ok: true, result: 1 });

  const { level, context } = logs.find(({ message }) => message === 'node.exposure.server');
  assert.deepEqual([level, context.server], ['warn', 'nodeExposure']);
  assert.match(context.reason, /^the binary cannot be loaded: .*nowhere/);
});
