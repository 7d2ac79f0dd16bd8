// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');

const WITH_GC = { execArgv: ['--expose-gc'] };

/**
 * Runs `drop` in a child. It returns what must be garbage-collected once it has returned; the child exits only when all
 * of it is, otherwise the guard of the test fails.
 *
 * @param {import('node:test').TestContext} t
 * @param {(world: import('../helpers/inside.js').World) => object[] | Promise<object[]>} drop
 */
async function assertCollected(t, drop) {
  const source = `async (world) => {
    const drop = async () => (${String(drop)})(world);
    const refs = await drop().then((dropped) => dropped.map((object) => new WeakRef(object)));
    while (refs.some((ref) => ref.deref() !== undefined)) {
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc();
    }
    world.send(refs.length);
  }`;
  const child = startChild(t, /** @type {any} */ (source), null, WITH_GC);
  const count = await child.next();
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
  return count;
}

test('servers that never listened are collected, with their handlers', async (t) => {
  const count = await assertCollected(t, ({ makeServer }) => {
    const dropped = [];
    for (let i = 0; i < 50; i += 1) {
      const server = makeServer({ limits: { handlerTimeoutMs: 1000 } });
      const handler = () => server;
      server.registerTask('ping', handler).registerEvent('ping', handler);
      dropped.push(server, handler);
    }
    return dropped;
  });
  assert.equal(count, 100);
});

test('closed servers are collected, with their handlers, validators and loggers', async (t) => {
  const count = await assertCollected(t, async ({ makeServer, callTask }) => {
    const dropped = [];
    for (let i = 0; i < 20; i += 1) {
      const logger = { error: () => server };
      const validate = () => ({ ok: Boolean(server) });
      const server = makeServer({ logger, auth: { validate }, cors: { origin: () => String(server) } });
      const handler = () => String(server);
      server.registerTask('ping', handler);
      const { port } = await server.listen();
      await callTask(port, 'ping', undefined, { headers: { origin: 'http://here' } });
      await server.close();
      dropped.push(server, handler, logger, validate);
    }
    return dropped;
  });
  assert.equal(count, 80);
});

test('a server whose listen failed is collected', async (t) => {
  const count = await assertCollected(t, async ({ makeServer, TunnelServer }) => {
    const holder = makeServer();
    const { port } = await holder.listen();
    const refused = new TunnelServer(port);
    await refused.listen().catch(() => {});
    await holder.close();
    return [refused, holder];
  });
  assert.equal(count, 2);
});

test('a handler is collected after it was unregistered', async (t) => {
  const count = await assertCollected(t, async ({ makeServer }) => {
    const server = makeServer();
    /** @type {any} */ (globalThis).kept = server;
    const handler = () => 1;
    server.registerTask('ping', handler).registerEvent('ping', handler);
    if (!server.unregisterTask('ping') || !server.unregisterEvent('ping'))
      throw new Error('not unregistered');
    return [handler];
  });
  assert.equal(count, 1);
});

test('inputs, results and contexts of answered calls are collected while the server listens', async (t) => {
  const child = startChild(
    t,
    async ({ makeServer, send }) => {
      /** @type {WeakRef<object>[]} */
      const refs = [];
      const server = makeServer();
      const keep = (/** @type {object[]} */ ...objects) => {
        for (const object of objects) refs.push(new WeakRef(object));
      };
      server.registerTask('keep', (/** @type {any} */ input, /** @type {any} */ context) => {
        const result = { input };
        keep(input, context, context.signal, context.headers, result);
        return result;
      });
      server.registerTask('stop', async () => {
        while (refs.some((ref) => ref.deref() !== undefined)) {
          await new Promise((resolve) => setImmediate(resolve));
          /** @type {any} */ (globalThis).gc();
        }
        server.close();
        return refs.length;
      });
      send(await server.listen());
    },
    null,
    WITH_GC,
  );
  const { port } = await child.next();
  for (let i = 0; i < 20; i += 1) assert.equal((await callTask(port, 'keep', { i })).status, 200);
  assert.deepEqual((await callTask(port, 'stop')).json, { ok: true, result: 100 });
  assert.equal((await child.exited).code, 0);
});

test('a listening server without references is not collected', async (t) => {
  const child = startChild(
    t,
    ({ makeServer, send }) => {
      const listen = () => {
        const server = makeServer();
        server.registerTask('ping', () => 'pong');
        return server.listen();
      };
      const collect = /** @type {any} */ (globalThis).gc;
      listen().then(async (/** @type {any} */ bound) => {
        for (let i = 0; i < 20; i += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          collect();
        }
        send(bound);
      });
    },
    null,
    WITH_GC,
  );
  const { port } = await child.next();
  for (let i = 0; i < 20; i += 1) assert.equal((await callTask(port, 'ping')).status, 200);
  assert.equal(child.process.exitCode, null);
});
