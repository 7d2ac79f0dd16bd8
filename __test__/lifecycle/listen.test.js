// @ts-check
'use strict';

const assert = require('node:assert/strict');
const net = require('node:net');
const { once } = require('node:events');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { makeServer, TunnelServer } = require('../helpers/server.js');

/**
 * Another server that occupies a port of 127.0.0.1.
 *
 * @param {import('node:test').TestContext} t
 */
async function takenPort(t) {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = /** @type {net.AddressInfo} */ (taken.address());
  return { taken, port };
}

/**
 * Asserts that `server.listen()` rejects with this code, and that the error names the address.
 *
 * @param {any} server
 * @param {{ code: string, address: string, port: number }} expected
 */
async function assertListenFails(server, expected) {
  await assert.rejects(server.listen(), (/** @type {any} */ error) => {
    assert.ok(error instanceof Error);
    const { code, syscall, address, port } = /** @type {any} */ (error);
    assert.deepEqual({ code, syscall, address, port }, { ...expected, syscall: 'listen' });
    assert.ok(error.message.includes(address) && error.message.includes(String(port)), error.message);
    return true;
  });
  assert.equal(server.state, 'new');
  assert.equal(server.address(), null);
}

test('listen on port 0 resolves with the host and the real port, where the server responds', async (t) => {
  const server = makeServer();
  t.after(() => server.close());
  server.registerTask('ping', () => 'pong');
  const bound = await server.listen();
  assert.deepEqual(Object.keys(bound).sort(), ['host', 'port']);
  assert.equal(bound.host, '127.0.0.1');
  assert.ok(Number.isInteger(bound.port) && bound.port > 0);
  await assertServes(bound.port);
});

test('a port number alone is enough to make a server', async (t) => {
  const server = new TunnelServer(0);
  t.after(() => server.close());
  server.registerTask('ping', () => 'pong');
  const { port } = await server.listen();
  await assertServes(port);
});

test('a server listens on the port that it is given', async (t) => {
  const { taken, port } = await takenPort(t);
  taken.close();
  await once(taken, 'close');
  const { port: bound } = await startProbed(t, { port });
  assert.equal(bound, port);
  await assertServes(port);
});

test('address is null before listen, the real address while listening, and null after close', async () => {
  const server = makeServer();
  assert.equal(server.address(), null);
  const { port } = await server.listen();
  assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port });
  await server.close();
  assert.equal(server.address(), null);
});

test('the state goes from new over starting, listening and closing to closed', async () => {
  const server = makeServer();
  const states = [server.state];
  const listening = server.listen();
  states.push(server.state);
  await listening;
  states.push(server.state);
  const closing = server.close();
  states.push(server.state);
  await closing;
  states.push(server.state);
  assert.deepEqual(states, ['new', 'starting', 'listening', 'closing', 'closed']);
});

test('the name localhost is resolved to a loopback address', async (t) => {
  const { server } = await startProbed(t, { host: 'localhost' });
  const address = server.address()?.address;
  assert.ok(address === '127.0.0.1' || address === '::1', String(address));
});

for (const ioThreads of [1, 3]) {
  test(`a port that another program holds is EADDRINUSE with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await takenPort(t);
    const server = makeServer({ port, ioThreads });
    t.after(() => server.close());
    await assertListenFails(server, { code: 'EADDRINUSE', address: '127.0.0.1', port });
  });

  test(`a port that another TunnelServer holds is EADDRINUSE with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await startProbed(t, { ioThreads });
    const second = makeServer({ port, ioThreads });
    t.after(() => second.close());
    await assertListenFails(second, { code: 'EADDRINUSE', address: '127.0.0.1', port });
    await assertServes(port);
  });
}

test('a host name that does not exist is ENOTFOUND', async (t) => {
  const host = 'no-such-host.invalid';
  const server = makeServer({ host, auth: { token: 'secret' } });
  t.after(() => server.close());
  await assertListenFails(server, { code: 'ENOTFOUND', address: host, port: 0 });
});

test('an address that this machine does not have is EADDRNOTAVAIL', async (t) => {
  const host = '203.0.113.1';
  const server = makeServer({ host, auth: { token: 'secret' } });
  t.after(() => server.close());
  await assertListenFails(server, { code: 'EADDRNOTAVAIL', address: host, port: 0 });
});

test('a listen that failed can be tried again', async (t) => {
  const { taken, port } = await takenPort(t);
  const server = makeServer({ port });
  t.after(() => server.close());
  server.registerTask('ping', () => 'pong');
  await assertListenFails(server, { code: 'EADDRINUSE', address: '127.0.0.1', port });
  await assertListenFails(server, { code: 'EADDRINUSE', address: '127.0.0.1', port });
  taken.close();
  await once(taken, 'close');
  assert.equal((await server.listen()).port, port);
  await assertServes(port);
});

test('a server whose listen failed can be closed', async (t) => {
  const { port } = await takenPort(t);
  const server = makeServer({ port });
  await assertListenFails(server, { code: 'EADDRINUSE', address: '127.0.0.1', port });
  await server.close();
  assert.equal(server.state, 'closed');
});

test('listen while listening is STATE_INVALID and the server serves on', async (t) => {
  const { server, port } = await startProbed(t);
  await assert.rejects(async () => server.listen(), { code: 'STATE_INVALID' });
  assert.equal(server.state, 'listening');
  await assertServes(port);
});

test('listen while another listen runs is STATE_INVALID and the first one succeeds', async (t) => {
  const server = makeServer();
  t.after(() => server.close());
  server.registerTask('ping', () => 'pong');
  const first = server.listen();
  await assert.rejects(async () => server.listen(), { code: 'STATE_INVALID' });
  await assertServes((await first).port);
});

test('listen after close is STATE_INVALID', async () => {
  const server = makeServer();
  await server.listen();
  await server.close();
  await assert.rejects(async () => server.listen(), { code: 'STATE_INVALID' });
  assert.equal(server.state, 'closed');
});

test('registering after close is STATE_INVALID', async () => {
  const server = makeServer();
  await server.listen();
  await server.close();
  assert.throws(() => server.registerTask('late', () => 1), { code: 'STATE_INVALID' });
  assert.throws(() => server.registerEvent('late', () => 1), { code: 'STATE_INVALID' });
});

test('a handler that is registered while listening is reached by the next call', async (t) => {
  const { server, port } = await startProbed(t);
  assert.equal((await callTask(port, 'late')).status, 404);
  server.registerTask('late', () => 'here');
  assert.deepEqual((await callTask(port, 'late')).json, { ok: true, result: 'here' });
});
