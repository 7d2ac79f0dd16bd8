'use strict';

const assert = require('node:assert/strict');
const { TunnelServer, version } = require('@bluelibs/runner-native');

async function main() {
  assert.equal(version, require('@bluelibs/runner-native/package.json').version);

  const server = new TunnelServer({ port: 0 });
  server.registerTask('math.add', ({ a, b }) => a + b);
  const { port } = await server.listen();
  const response = await fetch(`http://127.0.0.1:${port}/__runner/task/math.add`, {
    method: 'POST',
    body: '{"input":{"a":2,"b":3}}',
  });
  assert.equal(await response.text(), '{"ok":true,"result":5}');
  await server.close();
}

main();
