// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { startThreads } = require('../helpers/pool.js');

/** @param {import('node:test').TestContext} t @param {object} workers options of the server */
function start(t, workers) {
  return startThreads(
    t,
    ({ worker, threadId }) => void worker.registerTask('where', () => threadId).ready(),
    {
      server: { workers: { acquireTimeoutMs: 10, ...workers } },
      setup: (server) => server.registerTask('where', () => 0).registerTask('main', () => 0),
    },
  );
}

/** @param {number} port @param {number} calls @returns {Promise<Set<number>>} the threads that ran them */
async function threadsOfCalls(port, calls) {
  const responses = await Promise.all(Array.from({ length: calls }, () => callTask(port, 'where')));
  return new Set(responses.map(({ json }) => json.result));
}

test('a handler of the main thread runs only while no worker has its id, by default', async (t) => {
  const { port, pool } = await start(t, {});
  const [{ threadId }] = pool.workers;
  assert.deepEqual(await threadsOfCalls(port, 50), new Set([threadId]));
  await pool.resize(0);
  assert.deepEqual(await threadsOfCalls(port, 5), new Set([0]));
  assert.equal((await callTask(port, 'main')).json.result, 0);
});

test("with mainThread 'share' it takes turns with the workers", async (t) => {
  const { port } = await start(t, { mainThread: 'share' });
  await eventually(t, async () => (await threadsOfCalls(port, 50)).size === 2);
});

test("with mainThread 'never' it runs no calls, not even those of ids that no worker has", async (t) => {
  const { port, pool } = await start(t, { mainThread: 'never' });
  const [{ threadId }] = pool.workers;
  assert.deepEqual(await threadsOfCalls(port, 50), new Set([threadId]));
  assert.equal((await callTask(port, 'main')).json.error.code, 'NO_WORKER');
  await pool.resize(0);
  assert.equal((await callTask(port, 'where')).json.error.code, 'NO_WORKER');
});
