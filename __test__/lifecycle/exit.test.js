// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');

/**
 * @param {{ exited: Promise<object> }} child
 * @param {number} code
 */
async function assertExits(child, code) {
  assert.deepEqual(await child.exited, { code, signal: null, stdout: '', stderr: '' });
}

test('process.exit in a sync handler keeps its exit code', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('exit', (/** @type {number} */ code) => process.exit(code));
    send(await server.listen());
  });
  const { port } = await child.next();
  await assert.rejects(callTask(port, 'exit', 7));
  await assertExits(child, 7);
});

test('process.exit in an async handler keeps its exit code', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('exit', async (/** @type {number} */ code) => {
      await new Promise((resolve) => setImmediate(resolve));
      process.exit(code);
    });
    send(await server.listen());
  });
  const { port } = await child.next();
  await assert.rejects(callTask(port, 'exit', 8));
  await assertExits(child, 8);
});

test('process.exit while calls are in flight keeps its exit code', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer({ ioThreads: 2 });
    let pending = 0;
    server.registerTask('wait', (/** @type {any} */ _input, /** @type {any} */ context) => {
      context.signal.addEventListener('abort', () => {});
      pending += 1;
      if (pending === 50) process.exit(9);
      return new Promise(() => {});
    });
    send(await server.listen());
  });
  const { port } = await child.next();
  const calls = Array.from({ length: 50 }, () => assert.rejects(callTask(port, 'wait')));
  await Promise.all(calls);
  await assertExits(child, 9);
});

test('process.exit from a timer while serving under load keeps its exit code', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer({ ioThreads: 2 });
    let served = 0;
    server.registerTask('work', (/** @type {unknown} */ input) => {
      served += 1;
      return input;
    });
    send(await server.listen());
    const timer = setInterval(() => {
      if (served < 200) return;
      clearInterval(timer);
      process.exit(10);
    }, 1);
  });
  const { port } = await child.next();
  const client = async () => {
    for (;;) await callTask(port, 'work', 'x'.repeat(1000));
  };
  await Promise.all(Array.from({ length: 8 }, () => assert.rejects(client())));
  await assertExits(child, 10);
});

test('process.exit while listen and close still run keeps its exit code', async (t) => {
  const child = startChild(t, async ({ makeServer }) => {
    const closing = makeServer();
    await closing.listen();
    closing.close();
    makeServer().listen();
    process.exit(11);
  });
  await assertExits(child, 11);
});

test('an exit listener of the application runs, with the server still listening', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    await server.listen();
    process.on('exit', () => send(server.state));
    process.exit(12);
  });
  assert.equal(await child.next(), 'listening');
  await assertExits(child, 12);
});

test('an uncaught exception elsewhere ends the process, as without a server', async (t) => {
  const child = startChild(t, async ({ makeServer }) => {
    await makeServer().listen();
    setImmediate(() => {
      throw new Error('thrown elsewhere');
    });
  });
  const { code, signal, stderr } = await child.exited;
  assert.deepEqual({ code, signal }, { code: 1, signal: null });
  assert.match(stderr, /thrown elsewhere/);
});

test('an unhandled rejection elsewhere ends the process, as without a server', async (t) => {
  const child = startChild(t, async ({ makeServer }) => {
    await makeServer().listen();
    Promise.reject(new Error('rejected elsewhere'));
  });
  const { code, signal, stderr } = await child.exited;
  assert.deepEqual({ code, signal }, { code: 1, signal: null });
  assert.match(stderr, /rejected elsewhere/);
});

test('an uncaught exception that the application handles leaves the server serving', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    process.on('uncaughtException', (error) => send(error.message));
    const server = makeServer();
    server.registerTask('throw-later', () => {
      setImmediate(() => {
        throw new Error('thrown later');
      });
    });
    server.registerTask('exit', () => process.exit(0));
    send(await server.listen());
  });
  const { port } = await child.next();
  assert.equal((await callTask(port, 'throw-later')).status, 200);
  assert.equal(await child.next(), 'thrown later');
  assert.equal((await callTask(port, 'throw-later')).status, 200);
  assert.equal(await child.next(), 'thrown later');
  await assert.rejects(callTask(port, 'exit'));
  await assertExits(child, 0);
});

for (const name of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  test(`${name} ends a serving process, as without a server`, async (t) => {
    const child = startChild(t, async ({ makeServer, send }) => {
      const server = makeServer();
      server.registerTask('wait', () => {
        send('waiting');
        return new Promise(() => {});
      });
      send(await server.listen());
    });
    const { port } = await child.next();
    const response = assert.rejects(callTask(port, 'wait'));
    assert.equal(await child.next(), 'waiting');
    child.process.kill(name);
    await response;
    const { code, signal, stderr } = await child.exited;
    assert.deepEqual({ code, signal, stderr }, { code: null, signal: name, stderr: '' });
  });
}
