// @ts-check
'use strict';

// A TunnelError is sent to the client. For any other error the client gets a 500 without details. Both are logged.

const assert = require('node:assert/strict');
const { TunnelError, TunnelServer } = require('@bluelibs/runner-native');
const { send } = require('./support/send.js');

async function main() {
  /** @type {{ message: string, data: any }[]} */
  const log = [];
  const server = new TunnelServer({
    port: 0,
    logger: { error: (message, data) => log.push({ message, data }) },
  });
  server
    .registerTask('accounts.withdraw', (/** @type {{ amount: number }} */ { amount }) => {
      if (amount <= 100) return { balance: 100 - amount };
      throw new TunnelError({
        message: 'The balance is too low',
        code: 'BALANCE_TOO_LOW',
        httpCode: 409,
        id: 'accounts.errors.balanceTooLow',
        data: { balance: 100 },
      });
    })
    .registerTask('accounts.export', () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
    });
  const { port } = await server.listen();

  const typed = await send(port, { path: 'task/accounts.withdraw', body: { input: { amount: 500 } } });
  console.log(`TunnelError  ${typed.status} ${typed.text}`);
  assert.equal(typed.status, 409);
  assert.deepEqual(typed.json.error, {
    message: 'The balance is too low',
    code: 'BALANCE_TOO_LOW',
    id: 'accounts.errors.balanceTooLow',
    data: { balance: 100 },
    httpCode: 409,
  });

  const other = await send(port, { path: 'task/accounts.export' });
  console.log(`other error  ${other.status} ${other.text}`);
  assert.equal(other.status, 500);
  assert.deepEqual(other.json.error, { message: 'Internal Error', code: 'INTERNAL_ERROR' });

  for (const { message, data } of log) console.log(`in the log   ${message} ${JSON.stringify(data)}`);
  const { error, stack, requestId, id } = log[1].data;
  assert.equal(log[1].message, 'exposure.task.error');
  assert.equal(error, 'connect ECONNREFUSED 10.0.0.7:5432');
  assert.match(stack, /typed-errors\.js/);
  assert.equal(requestId, other.headers.get('x-runner-request-id'));
  assert.equal(id, 'accounts.export');

  await server.close();
}

main();
