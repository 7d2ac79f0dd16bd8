// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { eventually, test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { inbox } = require('../helpers/inbox.js');
const { QUICK } = require('../helpers/pool.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

const EXAMPLES = path.join(__dirname, '../../examples/workers');
const LOST = { message: 'Internal Error', code: 'WORKER_LOST' };
const OCTETS = { 'content-type': 'application/octet-stream' };

/**
 * A listening server with a pool of processes, closed with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] of the pool; by default a Node process that runs the example
 */
async function startProcesses(t, options = {}) {
  const logger = recordingLogger();
  const { server, port } = await startServer(t, { logger });
  const events = inbox();
  const pool = await server.startWorkers({
    ...QUICK,
    script: path.join(EXAMPLES, 'worker.js'),
    processes: 1,
    ...options,
  });
  pool.on('worker', events.push);
  return { server, port, pool, logger, nextEvent: events.next };
}

test('a task runs in a process, which is known by its pid', async (t) => {
  const { port, pool } = await startProcesses(t);
  const { json } = await callTask(port, 'app.tasks.pid');
  assert.deepEqual(json, { ok: true, result: pool.workers[0].pid });
  assert.notEqual(json.result, process.pid);
  const [{ kind, state }] = pool.workers;
  assert.deepEqual([kind, state], ['process', 'ready']);
});

test('a plain script that announces nothing serves the ids that the pool lists', async (t) => {
  const script = path.join(EXAMPLES, 'plain.js');
  const { port } = await startProcesses(t, {
    script,
    tasks: ['app.tasks.add'],
    events: ['app.events.notify'],
  });
  assert.deepEqual((await callTask(port, 'app.tasks.add', { a: 5, b: 3 })).json, { ok: true, result: 8 });
});

const python = (() => {
  try {
    return execFileSync('python3', ['-c', 'print(1)'], { encoding: 'utf8' }) === '1\n';
  } catch {
    return false;
  }
})();

test('a program in Python serves tasks', async (t) => {
  if (!python) return t.skip('no python3');
  const args = [path.join(EXAMPLES, 'worker.py')];
  const { port } = await startProcesses(t, { script: undefined, command: 'python3', args });
  assert.deepEqual((await callTask(port, 'app.tasks.add', { a: 5, b: 3 })).json, { ok: true, result: 8 });
});

test('a process streams a response, and reads a body as it arrives', async (t) => {
  const { port } = await startProcesses(t);
  const { text } = await callTask(port, 'app.tasks.count', { to: 3 });
  assert.match(text, /"at":3/);
  const body = Buffer.alloc(1_000_000, 'x');
  const hashed = await call({ port, path: '/__runner/task/app.tasks.hash', headers: OCTETS, body });
  assert.equal(hashed.status, 200, hashed.text);
});

test('kill -9 costs a process the calls that it ran, and another takes its place', async (t) => {
  const { port, pool, logger } = await startProcesses(t);
  const [{ pid, id }] = pool.workers;
  const wait = callTask(port, 'app.tasks.wait', { ms: 60_000 });
  await eventually(t, () => pool.workers[0].inFlight === 1);
  process.kill(/** @type {number} */ (pid), 'SIGKILL');
  assert.deepEqual((await wait).json.error, LOST);
  await eventually(t, () => pool.workers.some((worker) => worker.id !== id && worker.state === 'ready'));
  assert.equal((await callTask(port, 'app.tasks.pid')).json.result, pool.workers[0].pid);
  const lost = logger.entries.find(({ message }) => message === 'node.exposure.worker.lost');
  assert.match(lost?.data.reason, /signal/i);
});

test('reload replaces the processes and fails no call under load', async (t) => {
  const { port, pool } = await startProcesses(t, { processes: 2 });
  const before = pool.workers.map(({ pid }) => pid);
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const { status, text } = await callTask(port, 'app.tasks.pid');
      assert.equal(status, 200, text);
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await pool.reload();
  isOver = true;
  await clients;
  const after = pool.workers.map(({ pid }) => pid);
  assert.equal(after.length, 2);
  assert.deepEqual(
    after.filter((pid) => before.includes(pid)),
    [],
  );
});

test('server.close lets a call in flight finish, and ends the processes', async (t) => {
  const { port, pool, server } = await startProcesses(t);
  const [{ pid }] = pool.workers;
  const wait = callTask(port, 'app.tasks.wait', { ms: 50 });
  await eventually(t, () => pool.workers[0].inFlight === 1);
  await server.close();
  assert.deepEqual((await wait).json, { ok: true, result: { waitedMs: 50 } });
  assert.throws(() => process.kill(/** @type {number} */ (pid), 0), { code: 'ESRCH' });
});

for (const [what, options, reason] of /** @type {[string, object, RegExp][]} */ ([
  ['does not exist', { command: '/nowhere/worker', script: undefined }, /No such file|not found|ENOENT/i],
  ['is not executable', { command: path.join(EXAMPLES, 'worker.py'), script: undefined }, /denied|EACCES/i],
  ['exits at once', { command: process.execPath, args: ['-e', 'process.exit(3)'], script: undefined }, /3/],
])) {
  test(`a program that ${what} fails the start with the reason`, async (t) => {
    const { server } = await startServer(t);
    await assert.rejects(
      server.startWorkers({ ...QUICK, processes: 1, ...options }),
      (/** @type {any} */ error) => {
        assert.equal(error.code, 'WORKER_START_FAILED');
        assert.match(error.message, reason);
        return true;
      },
    );
  });
}

test('lines on stderr go to the log', async (t) => {
  const { port, logger } = await startProcesses(t);
  await call({ port, path: '/__runner/event/app.events.notify', body: '{"payload":{"user":"Ada"}}' });
  await eventually(t, () => logger.notices.some(({ data }) => /notified/.test(data?.line)));
});
