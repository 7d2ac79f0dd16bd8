// @ts-check
'use strict';

// A server with one task. With --once it ends after the first call, otherwise it keeps serving.

const assert = require('node:assert/strict');
const { TunnelServer } = require('@bluelibs/runner-native');

async function main() {
  const server = new TunnelServer({ port: 0 });
  server.registerTask('greet', (/** @type {{ name: string }} */ { name }) => `Hello, ${name}`);
  const { port } = await server.listen();

  const url = `http://127.0.0.1:${port}/__runner/task/greet`;
  const response = await fetch(url, { method: 'POST', body: '{"input":{"name":"Ada"}}' });
  const text = await response.text();
  console.log(`POST ${url}\n${response.status} ${text}`);
  assert.equal(text, '{"ok":true,"result":"Hello, Ada"}');

  if (process.argv.includes('--once')) await server.close();
}

main();
