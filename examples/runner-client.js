// @ts-check
'use strict';

// The HTTP client of Runner itself, against this server.

const assert = require('node:assert/strict');
const { createHttpClient, Serializer } = require('@bluelibs/runner');
const { TunnelError, TunnelServer } = require('@bluelibs/runner-native');

async function main() {
  /** @type {string[]} */
  const signedUp = [];
  const server = new TunnelServer({ port: 0, auth: { token: 'secret' } });
  server
    .registerTask('math.add', (/** @type {{ a: number, b: number }} */ { a, b }) => a + b)
    .registerTask('users.find', (/** @type {{ id: number }} */ { id }) => {
      throw new TunnelError({ message: `No user ${id}`, code: 'USER_NOT_FOUND', httpCode: 404 });
    })
    .registerEvent('users.signedUp', (/** @type {{ name: string }} */ { name }) => {
      signedUp.push(name);
    })
    .registerEvent('orders.priced', (/** @type {{ quantity: number, total?: number }} */ order) => {
      order.total = order.quantity * 3;
    });
  const { port } = await server.listen();

  const client = createHttpClient({
    baseUrl: `http://127.0.0.1:${port}/__runner`,
    auth: { token: 'secret' },
    serializer: new Serializer(),
  });

  const sum = await client.task('math.add', { a: 2, b: 3 });
  console.log(`task: 2 + 3 = ${sum}`);
  assert.equal(sum, 5);

  await client.event('users.signedUp', { name: 'Ada' });
  console.log(`event: ${signedUp} signed up`);
  assert.deepEqual(signedUp, ['Ada']);

  const priced = await client.eventWithResult?.('orders.priced', { quantity: 4 });
  console.log(`event with a result: ${JSON.stringify(priced)}`);
  assert.deepEqual(priced, { quantity: 4, total: 12 });

  await assert.rejects(client.task('users.find', { id: 7 }), (/** @type {any} */ error) => {
    console.log(`typed error: ${error.code} ${error.message}`);
    assert.equal(error.code, 'USER_NOT_FOUND');
    assert.equal(error.message, 'No user 7');
    return true;
  });

  const stranger = createHttpClient({
    baseUrl: `http://127.0.0.1:${port}/__runner`,
    serializer: new Serializer(),
  });
  await assert.rejects(stranger.task('math.add', { a: 2, b: 3 }), (/** @type {any} */ error) => {
    console.log(`without the token: ${error.code}`);
    assert.equal(error.code, 'UNAUTHORIZED');
    return true;
  });

  await server.close();
}

main();
