// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { closeSync, openSync, readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { QUICK } = require('../helpers/pool.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

const LOST = { message: 'Internal Error', code: 'WORKER_LOST' };

/**
 * The options of a pool whose processes run `body`, a worker without any help. It travels as text.
 *
 * @param {(world: { say: (message: object) => void, onMessage: (listener: (message: any) => void) => void }) => void} body
 * @param {object} [more]
 */
function processesOf(body, more = {}) {
  const source = `
    const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
    const onMessage = (listener) => require('node:readline')
      .createInterface({ input: process.stdin })
      .on('line', (line) => listener(JSON.parse(line)));
    (${body})({ say, onMessage });`;
  return { ...QUICK, command: process.execPath, args: ['-e', source], processes: 1, ...more };
}

/** Announces `t`, and responds to each call with what its input says; to one that says `hang`, never. */
function serve(/** @type {any} */ { say, onMessage }) {
  say({ type: 'ready', protocol: 1, tasks: ['t'] });
  onMessage((/** @type {any} */ { type, id, input }) => {
    if (type === 'shutdown') process.exit(0);
    if (type === 'task' && input.hang === undefined) say({ id, ...input });
  });
}

test('an error without httpCode is a 500 for the client, and is logged with its stack and the request', async (t) => {
  const logger = recordingLogger();
  const { server, port } = await startServer(t, { logger });
  await server.startWorkers(processesOf(serve));
  const error = { message: 'secret', code: 'EXECUTION_ERROR', stack: 'at x' };
  const headers = { 'x-runner-request-id': 'r-1' };
  const { status, json } = await callTask(port, 't', { ok: false, error }, { headers });
  assert.deepEqual([status, json.error.message], [500, 'Internal Error']);
  await eventually(t, () => logger.entries.length > 0);
  const [{ level, message, data }] = logger.entries;
  assert.deepEqual([level, message], ['error', 'exposure.task.error']);
  assert.deepEqual(
    [data.error, logger.stacks, data.code, data.requestId, data.id],
    ['secret', ['at x'], 'EXECUTION_ERROR', 'r-1', 't'],
  );
});

test('a line that is no message fails its call and is logged', async (t) => {
  const logger = recordingLogger();
  const { server, port } = await startServer(t, { logger });
  await server.startWorkers(processesOf(serve));
  const { status } = await callTask(port, 't', { ok: 'maybe' });
  assert.equal(status, 500);
  await eventually(t, () => logger.entries.length > 0);
  assert.equal(logger.entries[0].message, 'node.exposure.worker.fault');
  assert.deepEqual((await callTask(port, 't', { ok: true, result: 1 })).json, { ok: true, result: 1 });
});

test('a worker that announces what another has with other options fails the start', async (t) => {
  const { server } = await startServer(t);
  await server.startWorkers(processesOf(serve));
  const other = processesOf(({ say, onMessage }) => {
    say({ type: 'ready', protocol: 1, tasks: [{ id: 't', timeoutMs: 5 }] });
    onMessage(() => {});
  });
  await assert.rejects(
    server.startWorkers(other),
    /task t is registered by a worker of pool 1 with the options/,
  );
});

test('a worker that says maxInFlight runs no more calls at a time', async (t) => {
  const { server, port } = await startServer(t);
  const pool = await server.startWorkers(
    processesOf(({ say, onMessage }) => {
      /** @type {number[]} */
      const open = [];
      say({ type: 'ready', protocol: 1, tasks: ['t'], maxInFlight: 2 });
      onMessage(({ type, id }) => {
        if (type === 'shutdown') process.exit(0);
        if (type !== 'task') return say({ id, ok: true });
        open.push(id);
        // Both are here: a third would be, too.
        if (open.length === 2) for (const id of open.splice(0)) say({ id, ok: true, result: 2 });
        if (open.length > 2) process.exit(1);
      });
    }),
  );
  const calls = await Promise.all(Array.from({ length: 10 }, () => callTask(port, 't')));
  assert.deepEqual(
    calls.map(({ json }) => json.result),
    Array(10).fill(2),
  );
  assert.equal(pool.workers[0].calls, 10);
});

test('the calls of a process that dies fail while the JavaScript of the server is blocked', async (t) => {
  const { server, port } = await startServer(t);
  const pool = await server.startWorkers(processesOf(serve));
  const { pid } = pool.workers[0];
  const response = callTask(port, 't', { hang: true });
  await eventually(t, () => pool.workers[0].inFlight === 1);
  process.kill(/** @type {number} */ (pid), 'SIGKILL');
  // Keeps the event loop from turning until the native side says so.
  const deadline = Date.now() + 60_000;
  while (pool.workers[0].inFlight > 0 && Date.now() < deadline);
  assert.equal(pool.workers[0].inFlight, 0);
  assert.deepEqual((await response).json.error, LOST);
});

/** The descriptors that every program inherits which this process starts: the one that started it has left them open. */
function inherited() {
  const isInherited = (/** @type {string} */ fd) => {
    try {
      const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      return (Number.parseInt(flags, 8) & 0o2000000) === 0;
    } catch {
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => Number(fd) > 2 && isInherited(fd));
}

test('a process has no descriptor of the server', async (t) => {
  if (process.platform !== 'linux') return t.skip('the system does not list descriptors');
  const open = openSync(__filename, 'r');
  t.after(() => closeSync(open));
  const { server } = await startServer(t);
  const command = { command: 'sh', args: ['-c', 'read line'], tasks: ['t'] };
  const pool = await server.startWorkers({ ...QUICK, processes: 1, ...command });
  await eventually(t, () => pool.workers[0].pid !== undefined);
  const own = readdirSync(`/proc/${pool.workers[0].pid}/fd`).filter((fd) => !inherited().includes(fd));
  assert.deepEqual(own.sort(), ['0', '1', '2']);
});

test('a process that reads its stdin to the end is gone when the process of the server is killed', async (t) => {
  const index = path.join(__dirname, '../../index.js');
  const source = `
    const { TunnelServer } = require(${JSON.stringify(index)});
    const args = ['-c', 'while read line; do :; done'];
    const server = new TunnelServer({ port: 0 });
    // A server that does not listen would let its process end.
    server
      .listen()
      .then(() => server.startWorkers({ command: 'sh', args, processes: 1, tasks: ['t'] }))
      .then((pool) => console.log(pool.workers[0].pid));`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data');
  const pid = Number(text);
  process.kill(pid, 0);
  child.kill('SIGKILL');
  await eventually(t, () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});

/** Announces `t`, which never gives the process back, and `pid`. */
function loop(/** @type {any} */ { say, onMessage }) {
  process.on('SIGTERM', () => {});
  say({ type: 'ready', protocol: 1, tasks: [{ id: 't', timeoutMs: 20 }, 'pid'] });
  onMessage((/** @type {any} */ { type, id, taskId }) => {
    if (type === 'shutdown') process.exit(0);
    if (type === 'ping') say({ id, ok: true });
    if (taskId === 'pid') say({ id, ok: true, result: process.pid });
    while (taskId === 't');
  });
}

for (const [what, options] of /** @type {[string, object][]} */ ([
  ['past its deadline by killAfterMs', { killAfterMs: 1, drainTimeoutMs: 1 }],
  ['that does not respond to pings', { pingIntervalMs: 10, pingTimeoutMs: 200, drainTimeoutMs: 1 }],
])) {
  test(`an endless loop ${what} ends with its process, which ignores SIGTERM, and another takes its place`, async (t) => {
    const { server, port } = await startServer(t);
    const pool = await server.startWorkers(processesOf(loop, options));
    const [{ pid }] = pool.workers;
    const { status } = await callTask(port, 't');
    assert.equal(status, 504);
    await eventually(t, () => pool.workers.some((other) => other.pid !== pid && other.state === 'ready'));
    const { json } = await callTask(port, 'pid');
    assert.equal(json.result, pool.workers[0].pid);
  });
}
