// @ts-check
'use strict';

// Checks what has to work on every runtime: to load, listen, serve a call, stream both ways, report an error, and close.

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { TunnelError, TunnelServer } = require('../index.js');

async function main() {
  const server = new TunnelServer({ port: 0, fallback: (_req, res) => res.end('fallback') });
  server.registerTask('add', (/** @type {any} */ { a, b }) => a + b);
  server.registerTask('refuse', async () => {
    throw new TunnelError({ message: 'No', code: 'NO', httpCode: 409 });
  });
  server.registerTask('stream', () => Readable.from([Buffer.from('one '), Buffer.from('two')]));
  server.registerTask('lines', async function* lines() {
    yield { line: 1 };
    yield { line: 2 };
  });
  server.registerTask('length', async (_input, { body }) => {
    let length = 0;
    for await (const chunk of /** @type {AsyncIterable<Buffer>} */ (body)) length += chunk.length;
    return length;
  });

  const { port } = await server.listen();
  const url = `http://127.0.0.1:${port}`;
  const octets = { 'content-type': 'application/octet-stream' };
  /** @param {string} id @param {RequestInit} [more] */
  const call = async (id, more) => {
    const response = await fetch(`${url}/__runner/task/${id}`, { method: 'POST', ...more });
    return [response.status, await response.text()];
  };
  assert.deepEqual(await call('add', { body: '{"input":{"a":3,"b":4}}' }), [200, '{"ok":true,"result":7}']);
  assert.deepEqual(await call('refuse'), [
    409,
    '{"ok":false,"error":{"message":"No","code":"NO","httpCode":409}}',
  ]);
  assert.deepEqual(await call('stream'), [200, 'one two']);
  assert.deepEqual(await call('lines'), [200, '{"line":1}\n{"line":2}\n']);
  const body = new Uint8Array(300_000);
  assert.deepEqual(await call('length', { body, headers: octets }), [200, '{"ok":true,"result":300000}']);
  assert.equal(await (await fetch(`${url}/other`)).text(), 'fallback');
  await server.close({ timeoutMs: 1000 });
  assert.equal(server.state, 'closed');
}

main().then(
  () => console.log('smoke: passed'),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
