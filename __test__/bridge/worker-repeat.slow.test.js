// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { openFiles, threads } = require('../helpers/resources.js');
const { startWorker } = require('../helpers/worker.js');

/** @param {import('../helpers/inside.js').World} world */
async function serve({ makeServer, send }) {
  const server = makeServer({ ioThreads: 2 });
  server.registerTask('ping', () => 'pong');
  send(await server.listen());
}

/** @param {import('node:test').TestContext} t */
async function startServeTerminate(t) {
  const { worker, next } = startWorker(t, serve);
  const { port } = await next();
  assert.equal((await callTask(port, 'ping')).status, 200);
  await worker.terminate();
}

test('a worker started, used and terminated twenty times leaves no file and no thread behind', async (t) => {
  // The first ones warm up Node itself.
  for (let i = 0; i < 3; i += 1) await startServeTerminate(t);
  const count = () => (process.platform === 'linux' ? [openFiles(), threads()] : [openFiles(), 0]);
  const [files, tasks] = count();
  for (let i = 0; i < 20; i += 1) await startServeTerminate(t);
  await eventually(t, () => {
    const [nowFiles, nowTasks] = count();
    return nowFiles <= files && nowTasks <= tasks;
  });
});

test('the main thread exits with its code while workers serve and hold their threads', async (t) => {
  const child = startChild(t, async ({ startWorker, send }) => {
    const start = async () => {
      const inner = startWorker({ after() {} }, async ({ makeServer, send: tell }) => {
        const server = makeServer();
        server.registerTask('hold', () => {
          for (;;);
        });
        server.registerTask('exit', () => tell('exit'));
        tell(await server.listen());
      });
      return { port: (await inner.next()).port, next: inner.next };
    };
    const first = await start();
    const second = await start();
    send([first.port, second.port]);
    await second.next();
    process.exit(13);
  });
  const [first, second] = await child.next();
  const held = assert.rejects(callTask(first, 'hold'));
  await callTask(second, 'exit').catch(() => {});
  await held;
  assert.deepEqual(await child.exited, { code: 13, signal: null, stdout: '', stderr: '' });
});
