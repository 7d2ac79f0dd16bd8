// @ts-check

// The package in an ES module. With support for the syntax, `await using server = new TunnelServer(0)` closes the
// server at the end of the block; here the last line does.

import assert from 'node:assert/strict';
import { TunnelError, TunnelServer, version } from '@bluelibs/runner-native';

const server = new TunnelServer({ port: 0 });
server.registerTask('half', (/** @type {number} */ number) => {
  if (number % 2 === 0) return number / 2;
  throw new TunnelError({ message: `${number} is odd`, code: 'ODD', httpCode: 422 });
});
const { port } = await server.listen();
console.log(`version ${version} on port ${port}`);

/** @param {number} number */
async function half(number) {
  const response = await fetch(`http://127.0.0.1:${port}/__runner/task/half`, {
    method: 'POST',
    body: JSON.stringify({ input: number }),
  });
  return response.json();
}

assert.deepEqual(await half(8), { ok: true, result: 4 });
assert.deepEqual(await half(7), {
  ok: false,
  error: { message: '7 is odd', code: 'ODD', httpCode: 422 },
});
console.log('half of 8 is 4, and 7 is odd');

await server[Symbol.asyncDispose]();
assert.equal(server.state, 'closed');
