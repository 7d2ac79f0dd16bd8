'use strict';

const assert = require('node:assert/strict');
const { globals, r, run } = require('@bluelibs/runner/node');
const { nativeExposure } = require('@bluelibs/runner-native/runner');

const add = r
  .task('math.add')
  .run(async ({ a, b }) => a + b)
  .build();
const tunnel = r
  .resource('tunnel')
  .tags([globals.tags.tunnel])
  .init(async () => ({ mode: 'server', tasks: [add] }))
  .build();
const exposure = nativeExposure.with({ http: { listen: { port: 0 }, auth: { token: 'secret' } } });
const app = r.resource('app').register([add, tunnel, exposure]).build();

async function main() {
  const runtime = await run(app, { logs: { printThreshold: null } });
  const { server, basePath } = runtime.getResourceValue(nativeExposure);
  // nodeExposure would return Node's server.
  assert.equal(server.constructor.name, 'TunnelServer');
  const response = await fetch(`http://127.0.0.1:${server.address().port}${basePath}/task/math.add`, {
    method: 'POST',
    headers: { 'x-runner-token': 'secret' },
    body: '{"input":{"a":2,"b":3}}',
  });
  assert.equal(await response.text(), '{"ok":true,"result":5}');
  await runtime.dispose();
}

main();
