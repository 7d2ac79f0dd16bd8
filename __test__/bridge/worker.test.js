// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { startWorker } = require('../helpers/worker.js');

/**
 * What the workers here serve: a result, a call that stays pending, and one that blocks the thread for ever.
 *
 * @param {import('../helpers/inside.js').World} world
 */
async function serve({ makeServer, threadId, data, send }) {
  const server = makeServer(data ?? {});
  server.registerTask('ping', () => 'pong');
  server.registerTask('thread', () => threadId);
  server.registerTask('wait', () => {
    send('waiting');
    return new Promise(() => {});
  });
  server.registerTask('hold', () => {
    send('holding');
    for (;;);
  });
  server.registerTask('close', () => void server.close());
  server.registerTask('exit', () => process.exit(6));
  send(await server.listen());
}

/**
 * Asserts that the port is free: another server binds it and responds.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 */
async function assertFree(t, port) {
  const { server } = await startProbed(t, { port });
  await assertServes(port);
  await server.close();
}

test('a server in a worker responds', async (t) => {
  const { worker, next, exited } = startWorker(t, serve);
  const { port } = await next();
  assert.deepEqual((await callTask(port, 'thread')).json, { ok: true, result: worker.threadId });
  await callTask(port, 'close');
  assert.deepEqual(await exited, { code: 0, error: undefined });
});

test('two workers and the main thread serve side by side', async (t) => {
  const one = startWorker(t, serve);
  const two = startWorker(t, serve, { ioThreads: 2 });
  const main = await startProbed(t);
  const ports = [(await one.next()).port, (await two.next()).port];
  const ids = [one.worker.threadId, two.worker.threadId];
  const calls = Array.from({ length: 100 }, async (_, i) => {
    const response = await callTask(ports[i % 2], 'thread');
    assert.deepEqual(response.json, { ok: true, result: ids[i % 2] });
    await assertServes(main.port);
  });
  await Promise.all(calls);
});

test('terminating a worker ends its server and leaves the one on the main thread and its own port free', async (t) => {
  const main = await startProbed(t);
  const { worker, next } = startWorker(t, serve);
  const { port } = await next();
  await assertServes(port);
  await worker.terminate();
  await assertServes(main.port);
  await assertFree(t, port);
});

test('terminating a worker under load cuts its clients and frees the port', async (t) => {
  const { worker, next } = startWorker(t, serve, { ioThreads: 2 });
  const { port } = await next();
  let served = 0;
  /** @type {() => void} */
  let loaded = () => {};
  const underLoad = new Promise((resolve) => {
    loaded = () => resolve(undefined);
  });
  const client = async () => {
    for (;;) {
      await callTask(port, 'ping');
      served += 1;
      if (served === 200) loaded();
    }
  };
  const clients = Array.from({ length: 16 }, () => assert.rejects(client()));
  await underLoad;
  await worker.terminate();
  await Promise.all(clients);
  await assertFree(t, port);
});

test('terminating a worker while a handler holds its thread frees the port', async (t) => {
  const { worker, next } = startWorker(t, serve);
  const { port } = await next();
  const calls = [assert.rejects(callTask(port, 'hold'))];
  assert.equal(await next(), 'holding');
  for (let i = 0; i < 10; i += 1) calls.push(assert.rejects(callTask(port, 'ping')));
  await worker.terminate();
  await Promise.all(calls);
  await assertFree(t, port);
});

test('terminating a worker while handlers are pending cuts their clients and frees the port', async (t) => {
  const { worker, next } = startWorker(t, serve);
  const { port } = await next();
  const calls = [];
  for (let i = 0; i < 10; i += 1) {
    calls.push(assert.rejects(callTask(port, 'wait')));
    assert.equal(await next(), 'waiting');
  }
  await worker.terminate();
  await Promise.all(calls);
  await assertFree(t, port);
});

test('terminating a worker while listen or close still runs harms nothing', async (t) => {
  for (let i = 0; i < 10; i += 1) {
    const { worker, next } = startWorker(t, async ({ makeServer, send }) => {
      const closing = makeServer();
      await closing.listen();
      makeServer().listen();
      closing.close();
      send('both');
    });
    assert.equal(await next(), 'both');
    await worker.terminate();
  }
  const { port } = await startProbed(t);
  await assertServes(port);
});

test('a worker ends by itself after unref of its listening server and frees the port', async (t) => {
  const { next, exited } = startWorker(t, async ({ makeServer, send }) => {
    const server = makeServer();
    send(await server.listen());
    server.unref();
  });
  const { port } = await next();
  assert.deepEqual(await exited, { code: 0, error: undefined });
  await assertFree(t, port);
});

test('process.exit in a handler of a worker ends the worker alone, with its code, and frees the port', async (t) => {
  const { next, exited } = startWorker(t, serve);
  const { port } = await next();
  await assert.rejects(callTask(port, 'exit'));
  assert.deepEqual(await exited, { code: 6, error: undefined });
  await assertFree(t, port);
});

test('an uncaught exception in a worker ends the worker alone and frees the port', async (t) => {
  const { next, exited } = startWorker(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('throw-later', () => {
      setImmediate(() => {
        throw new Error('thrown in a worker');
      });
      return new Promise(() => {});
    });
    send(await server.listen());
  });
  const { port } = await next();
  await assert.rejects(callTask(port, 'throw-later'));
  const { code, error } = await exited;
  assert.equal(code, 1);
  assert.equal(error?.message, 'thrown in a worker');
  await assertFree(t, port);
});
