// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');

/** What a child leaves behind that ends as it should. */
const CLEAN = { code: 0, signal: null, stdout: '', stderr: '' };

/**
 * Asserts that a process that sends its port serves, and ends by itself once its server is closed.
 *
 * @param {ReturnType<typeof import('../helpers/child.js').startChild>} child with the tasks `ping` and `stop`
 */
async function assertServesUntilClosed(child) {
  const port = await child.next();
  for (let i = 0; i < 20; i += 1) assert.equal((await callTask(port, 'ping')).status, 200);
  assert.equal((await callTask(port, 'stop')).status, 200);
  assert.equal(await child.next(), 'closed');
  assert.deepEqual(await child.exited, CLEAN);
}

test('a listening server keeps the process alive until it is closed', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('ping', () => 'pong');
    server.registerTask('stop', () => void server.close());
    const { port } = await server.listen();
    process.on('beforeExit', () => send(server.state));
    send(port);
  });
  await assertServesUntilClosed(child);
});

test('after unref the process exits by itself while the server listens', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    await server.listen();
    process.on('beforeExit', () => send(server.state));
    if (server.unref() !== server) throw new Error('unref returns the server');
  });
  assert.equal(await child.next(), 'listening');
  assert.deepEqual(await child.exited, CLEAN);
});

test('unref before listen is remembered', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer().unref();
    // The process must live until listening has finished.
    const hold = setInterval(() => {}, 1000);
    await server.listen();
    clearInterval(hold);
    process.on('beforeExit', () => send(server.state));
  });
  assert.equal(await child.next(), 'listening');
  assert.deepEqual(await child.exited, CLEAN);
});

test('ref after unref keeps the process alive again', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('ping', () => 'pong');
    server.registerTask('stop', () => void server.close());
    const { port } = await server.listen();
    if (server.unref().unref().ref() !== server) throw new Error('ref returns the server');
    process.on('beforeExit', () => send(server.state));
    send(port);
  });
  await assertServesUntilClosed(child);
});

test('after unref the server responds while something else keeps the process alive', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    const hold = setInterval(() => {}, 1000);
    server.registerTask('ping', () => 'pong');
    server.registerTask('leave', () => clearInterval(hold));
    const { port } = await server.listen();
    server.unref();
    send(port);
  });
  const port = await child.next();
  assert.equal((await callTask(port, 'ping')).status, 200);
  // The process may end before this response is sent: unref'd work does not keep it alive.
  await callTask(port, 'leave').catch(() => {});
  assert.deepEqual(await child.exited, CLEAN);
});

test('servers that never listened, failed to listen, or are closed do not keep the process alive', async (t) => {
  const child = startChild(t, async ({ makeServer, TunnelServer }) => {
    makeServer().registerTask('ping', () => 'pong');
    const server = makeServer();
    const { port } = await server.listen();
    const refused = new TunnelServer(port);
    await refused.listen().then(
      () => process.exit(3),
      () => {},
    );
    refused.ref();
    await server.close();
    server.ref();
  });
  assert.deepEqual(await child.exited, CLEAN);
});

test('process.exitCode is kept when the process ends by itself', async (t) => {
  const child = startChild(t, async ({ makeServer }) => {
    const server = makeServer();
    await server.listen();
    process.exitCode = 5;
    server.unref();
  });
  assert.deepEqual(await child.exited, { ...CLEAN, code: 5 });
});

test('Symbol.asyncDispose closes the server, so that `await using` works', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    await server.listen();
    // Node 18 before 18.18 has no such symbol, and a server no such method.
    const dispose = Symbol.asyncDispose ? server[Symbol.asyncDispose] : server.close;
    await dispose.call(server);
    send([server.state, 'undefined' in server]);
  });
  assert.deepEqual(await child.next(), ['closed', false]);
  assert.deepEqual(await child.exited, CLEAN);
});
