// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');

/**
 * Uses and closes servers in a child that exits only once it has no more files and threads than before; otherwise the
 * guard of the test fails.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ rounds: number, together: number, ioThreads: number }} plan
 */
async function assertNothingLeft(t, plan) {
  const child = startChild(
    t,
    async ({ makeServer, openFiles, threads, data }) => {
      const count = () => (process.platform === 'linux' ? [openFiles(), threads()] : [openFiles(), 0]);
      const round = async () => {
        const servers = Array.from({ length: data.together }, () =>
          makeServer({ ioThreads: data.ioThreads }),
        );
        await Promise.all(servers.map((server) => server.listen()));
        await Promise.all(servers.map((server) => server.close()));
      };
      await round();
      const [files, tasks] = count();
      for (let i = 0; i < data.rounds; i += 1) await round();
      for (;;) {
        const [nowFiles, nowTasks] = count();
        if (nowFiles <= files && nowTasks <= tasks) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    plan,
  );
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
}

test('200 servers listened on and closed one after the other leave no file and no thread behind', async (t) => {
  await assertNothingLeft(t, { rounds: 200, together: 1, ioThreads: 1 });
});

test('200 servers listened on and closed twenty at a time leave no file and no thread behind', async (t) => {
  await assertNothingLeft(t, { rounds: 10, together: 20, ioThreads: 2 });
});

test('a thousand servers that never listen and are dropped open no file and start no thread', async (t) => {
  const child = startChild(
    t,
    ({ makeServer, openFiles, threads }) => {
      makeServer();
      const count = () => (process.platform === 'linux' ? [openFiles(), threads()] : [openFiles(), 0]);
      const before = count();
      for (let i = 0; i < 1000; i += 1) makeServer();
      if (String(count()) !== String(before)) throw new Error(`${before} became ${count()}`);
    },
    null,
  );
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
});
