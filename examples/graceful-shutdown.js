// @ts-check
'use strict';

// close() stops accepting connections, lets running calls finish, and cuts those that are left after timeoutMs.
// A service calls it on SIGTERM, as examples/service.js does.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { TunnelServer } = require('@bluelibs/runner-native');
const { send } = require('./support/send.js');

async function finishesWhatRuns() {
  const { server, port, started, finish } = await serverWithSlowTask();
  const call = send(port, { path: 'task/slow' });
  await started;

  const closed = server.close({ timeoutMs: 5000 });
  console.log(`close() was called, one call is running: ${server.state}`);
  assert.equal(server.state, 'closing');
  await assert.rejects(send(port, { path: 'task/slow' }), 'a new connection is refused');

  finish('done');
  const response = await call;
  console.log(`the running call was answered: ${response.status} ${response.text}`);
  assert.equal(response.json.result, 'done');

  await closed;
  assert.equal(server.state, 'closed');
  await server.close();
  console.log('closing twice does no harm');
}

async function cutsWhatNeverEnds() {
  const { server, port, started } = await serverWithSlowTask();
  const call = send(port, { path: 'task/slow' });
  const cut = assert.rejects(call);
  const { signal } = await started;

  const aborted = signal.aborted ? undefined : once(signal, 'abort');
  await server.close({ timeoutMs: 100 });
  await Promise.all([cut, aborted]);
  console.log(`a call that never ends was cut: ${server.state}`);
  assert.equal(server.state, 'closed');
}

/** A server whose task runs until it is told to finish. */
async function serverWithSlowTask() {
  /** @type {(context: import('@bluelibs/runner-native').CallContext) => void} */
  let start;
  const started = new Promise((resolve) => {
    start = resolve;
  });
  /** @type {(result: string) => void} */
  let finish = () => {};
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  const server = new TunnelServer({ port: 0 });
  server.registerTask('slow', (_, context) => {
    start(context);
    return finished;
  });
  const { port } = await server.listen();
  return { server, port, started, finish };
}

async function main() {
  await finishesWhatRuns();
  await cutsWhatNeverEnds();
}

main();
