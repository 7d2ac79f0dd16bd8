// @ts-check
'use strict';

// Run by `npm start`: a service with tasks and events, called over HTTP and then left running.
// With --once it closes after the calls. PORT and TOKEN in the environment choose port and token.

const assert = require('node:assert/strict');
const { TunnelServer } = require('@bluelibs/runner-native');
const { calls } = require('./service/calls.js');
const handlers = require('./service/handlers.js');
const { send } = require('./support/send.js');

const TOKEN = process.env.TOKEN || 'example-token';
const PORT = Number(process.env.PORT || 0);

const { watch, running, left } = handlers.watchTask();
const logger = {
  /** @type {(message: string, data?: unknown) => void} */
  error: (message, data) => console.log(`  ! ${message} ${JSON.stringify(data)}`),
};
const server = new TunnelServer({ port: PORT, auth: { token: TOKEN }, logger });
server
  .registerTask('math.add', handlers.add)
  .registerTask('text.reverse', handlers.reverse)
  .registerTask('users.find', handlers.findUser)
  .registerTask('reports.build', handlers.buildReport)
  .registerTask('jobs.watch', watch)
  .registerEvent('users.created', handlers.userCreated)
  .registerEvent('orders.priced', handlers.orderPriced);

/** @param {number} port */
async function callEverything(port) {
  for (const { title, method = 'POST', path, anonymous, body, status, response } of calls) {
    /** @type {Record<string, string>} */
    const headers = anonymous ? {} : { 'x-runner-token': TOKEN };
    console.log(`\n${title}`);
    console.log(`  > ${method} /__runner/${path}${anonymous ? ' (without the token)' : ''}`);
    if (body !== undefined) console.log(`  > ${typeof body === 'string' ? body : JSON.stringify(body)}`);
    const got = await send(port, { method, path, headers, body });
    console.log(`  < ${got.status} ${got.text}`);
    assert.equal(got.status, status);
    assert.deepEqual(got.json, response);
  }
}

/** @param {number} port */
async function leaveEarly(port) {
  console.log('\nA client that leaves');
  console.log('  > POST /__runner/task/jobs.watch, and gone');
  const client = new AbortController();
  const headers = { 'x-runner-token': TOKEN };
  const call = send(port, { path: 'task/jobs.watch', headers, signal: client.signal });
  await running;
  client.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await left;
  console.log('  < no response; the signal of the task was aborted');
}

/** @param {number} port */
function printInvitation(port) {
  const base = `http://127.0.0.1:${port}/__runner`;
  const token = `-H 'x-runner-token: ${TOKEN}'`;
  console.log(`
Serving on ${base}. Try:

  curl ${token} -d '{"input":{"a":2,"b":3}}' ${base}/task/math.add
  curl ${token} -d '{"input":{"id":1}}' ${base}/task/users.find
  curl ${token} -d '{"payload":{"quantity":3,"unitPrice":7},"returnPayload":true}' ${base}/event/orders.priced
  curl ${token} ${base}/discovery
  curl -i -d '{}' ${base}/task/math.add

Ctrl+C stops it.`);
}

async function stop() {
  await server.close();
  console.log('\nClosed.');
}

async function main() {
  const { host, port } = await server.listen();
  console.log(`Listening on ${host}:${port}`);
  await callEverything(port);
  await leaveEarly(port);
  if (process.argv.includes('--once')) {
    await stop();
    return;
  }
  printInvitation(port);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main();
