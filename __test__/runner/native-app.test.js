// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { nativeExposure, startNativeApp } = require('../helpers/native-app.js');
const { connect, requestText } = require('../helpers/raw.js');
const { peer, task, tunnel } = require('../helpers/runner-app.js');
const { collector, deferred } = require('../helpers/signal.js');

const { r, run } = peer;
const echo = task('test.tasks.echo');
const http = { listen: { port: 0 }, auth: { allowAnonymous: true } };

test('the value has the base path, and a server whose address is as that of net.Server', async (t) => {
  const { value } = await startNativeApp(t, [echo], { http: { basePath: 'rpc/' } });
  assert.equal(value.basePath, '/rpc');
  const { address, family, port } = value.server.address();
  assert.deepEqual({ address, family }, { address: '127.0.0.1', family: 'IPv4' });
  const response = await callTask(port, '', undefined, {
    path: '/rpc/task/test.tasks.echo',
    body: '{"input":7}',
  });
  assert.equal(response.text, '{"ok":true,"result":7}');
});

test('an application that is disposed of waits for streams, and cuts those that go on for too long', async (t) => {
  const left = deferred();
  const flowing = collector();
  const endless = task('test.tasks.endless', async () => {
    async function* chunks() {
      try {
        for (;;) yield 'x'.repeat(1024);
      } finally {
        left.resolve();
      }
    }
    return { stream: Readable.from(chunks()), contentType: 'text/plain' };
  });
  const exposed = tunnel('test.tunnel', { mode: 'server', tasks: [endless] });
  const native = { closeTimeoutMs: 1 };
  const app = r
    .resource('test.app')
    .register([endless, exposed, nativeExposure.with({ http, native })])
    .build();
  const runtime = await run(app, {
    shutdownHooks: false,
    errorBoundary: false,
    logs: { printThreshold: null },
  });
  const { port } = runtime.getResourceValue(nativeExposure.id).server.address();
  const client = await connect(t, port);
  client.socket.once('data', (chunk) => flowing.push(chunk));
  client.write(requestText({ path: '/__runner/task/test.tasks.endless', body: '{}' }));
  await flowing.reach(1);
  await runtime.dispose();
  await left.promise;
});
