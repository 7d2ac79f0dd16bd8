// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { QUICK, startThreads, threadsOf } = require('../helpers/pool.js');
const { makeServer, startServer } = require('../helpers/server.js');

/**
 * The path of a script with this text, removed with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} text
 * @param {string} [name]
 */
async function scriptOf(t, text, name = 'worker.js') {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'pool-'));
  t.after(() => fs.rm(folder, { recursive: true }));
  const file = path.join(folder, name);
  await fs.writeFile(file, text);
  return file;
}

/** @type {[what: string, text: string | undefined, reason: RegExp][]} */
const BAD = [
  ['does not exist', undefined, /Cannot find module/],
  ['throws at once', 'throw new Error("not today")', /not today/],
  ['is no JavaScript', 'this is no JavaScript', /Unexpected|expected/],
  ['ends without a word', '', /exit code 0/],
  ['exits', 'process.exit(3)', /exit code 3/],
];

for (const [what, text, reason] of BAD) {
  test(`a script that ${what} fails the start with the reason, and the server goes on`, async (t) => {
    const { server, port } = await startServer(t, {}, (made) => made.registerTask('ping', () => 'pong'));
    const script = text === undefined ? '/nowhere/worker.js' : await scriptOf(t, text);
    await assert.rejects(
      server.startWorkers({ ...QUICK, script, threads: 2 }),
      (/** @type {any} */ error) => {
        assert.equal(error.code, 'WORKER_START_FAILED');
        assert.match(error.message, reason);
        return true;
      },
    );
    assert.equal((await callTask(port, 'ping')).json.result, 'pong');
  });
}

test('a script that never says ready fails the start after startTimeoutMs, and its thread is ended', async (t) => {
  const { server } = await startServer(t);
  const script = await scriptOf(t, 'setInterval(() => {}, 1000)');
  await assert.rejects(server.startWorkers({ ...QUICK, script, threads: 1, startTimeoutMs: 50 }), {
    code: 'WORKER_START_FAILED',
    message: /not ready within startTimeoutMs \(50\)/,
  });
});

test('workerData that cannot be cloned fails the start', async (t) => {
  const { server } = await startServer(t);
  const { options } = threadsOf(t, ({ worker }) => void worker.ready());
  await assert.rejects(server.startWorkers({ ...options, workerData: () => 1 }), {
    code: 'WORKER_START_FAILED',
    message: /could not be cloned/,
  });
});

test('bad options reject with every problem, and start nothing', async (t) => {
  const { server } = await startServer(t);
  await assert.rejects(server.startWorkers(/** @type {any} */ ({ threads: 0, maxInFlight: Number.NaN })), {
    code: 'CONFIG_INVALID',
    problems: [
      { path: 'script', received: 'undefined', expected: 'a script, or a command' },
      { path: 'threads', received: '0', expected: "'auto' or an integer from 1 to 1024" },
      { path: 'maxInFlight', received: 'NaN', expected: 'an integer from 1 to 65536 (calls)' },
    ],
  });
});

test('a script may be an ES module, and a file: URL', async (t) => {
  const { server, port } = await startServer(t);
  const entry = path.join(__dirname, '../../index.js');
  const text = `import { TunnelWorker } from ${JSON.stringify(`file://${entry}`)};
    TunnelWorker.current().registerTask('esm', () => 'yes').ready();`;
  const script = new URL(`file://${await scriptOf(t, text, 'worker.mjs')}`);
  await server.startWorkers({ ...QUICK, script, threads: 1 });
  assert.equal((await callTask(port, 'esm')).json.result, 'yes');
});

test('handlers that two threads register with other options fail the start of the second, and both are named', async (t) => {
  const { server, options, port } = await startThreads(
    t,
    ({ worker }) => void worker.registerTask('same', () => 1, { timeoutMs: 5000 }).ready(),
  );
  assert.ok(options);
  const other = threadsOf(
    t,
    ({ worker }) => void worker.registerTask('same', () => 2, { timeoutMs: 6000 }).ready(),
  );
  await assert.rejects(server.startWorkers(other.options), {
    code: 'WORKER_START_FAILED',
    message: /The task "same" is registered already: by .*timeoutMs: 5000; here with .*timeoutMs: 6000/,
  });
  assert.equal((await callTask(port, 'same')).json.result, 1);
});

test('a handler of the main thread with other options than those of a thread is refused, and both are named', async (t) => {
  const { server } = await startThreads(
    t,
    ({ worker }) => void worker.registerTask('same', () => 1, { idempotent: true }).ready(),
  );
  assert.throws(() => server.registerTask('same', () => 2), {
    code: 'HANDLER_CONFLICT',
    message: /The task "same" is registered already: by .*idempotent: true/,
  });
  server.registerTask('same', () => 2, { idempotent: true });
});

test('a pool that is closed with its server while it starts says so', async (t) => {
  const server = makeServer();
  await server.listen();
  const { options, next } = threadsOf(t, ({ send }) => {
    send('started');
    setInterval(() => {}, 1000);
  });
  const failed = assert.rejects(server.startWorkers(options), { code: 'STATE_INVALID' });
  await next();
  await server.close();
  await failed;
});

test('a closed server starts no pool', async (t) => {
  const server = makeServer();
  await server.close();
  const { options } = threadsOf(t, ({ worker }) => void worker.ready());
  await assert.rejects(server.startWorkers(options), { code: 'STATE_INVALID' });
});
