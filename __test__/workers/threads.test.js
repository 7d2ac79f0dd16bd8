// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { startThreads, threadsOf } = require('../helpers/pool.js');
const { TunnelWorker, makeServer, startServer } = require('../helpers/server.js');

/** @param {import('../helpers/pool.js').ThreadWorld} world */
function serve({ worker, threadId, TunnelError }) {
  worker
    .registerTask('thread', () => threadId)
    .registerTask('echo', (input) => input)
    .registerTask('later', async (input) => input)
    .registerTask('refuse', () => {
      throw new TunnelError({ message: 'no', code: 'NO', httpCode: 409, data: { why: 1 } });
    })
    .registerTask('fail', () => {
      throw new Error('secret');
    })
    .registerTask('context', (_, { id, kind, method, path, headers, requestId, remoteAddress, body }) => ({
      id,
      kind,
      method,
      path,
      header: headers['x-test'],
      requestId,
      remoteAddress,
      hasBody: body !== undefined,
    }))
    .registerEvent('count', (/** @type {any} */ payload) => {
      payload.count += 1;
    })
    .ready();
}

test('a task runs in a thread', async (t) => {
  const { port, pool } = await startThreads(t, serve);
  const { json } = await callTask(port, 'thread');
  assert.deepEqual(json, { ok: true, result: pool.workers[0].threadId });
  assert.notEqual(json.result, 0);
});

test('calls are those of the main thread: results, promises, events, typed errors and the context', async (t) => {
  const { port } = await startThreads(t, serve);
  const input = { text: 'häßlich \u{1F600}', list: [1, null, { deep: true }] };
  assert.deepEqual((await callTask(port, 'echo', input)).json.result, input);
  assert.deepEqual((await callTask(port, 'later', input)).json.result, input);
  const counted = await callEvent(port, 'count', { payload: { count: 1 }, returnPayload: true });
  assert.deepEqual(counted.json, { ok: true, result: { count: 2 } });
  const refused = await callTask(port, 'refuse');
  assert.equal(refused.status, 409);
  assert.deepEqual(refused.json.error, { message: 'no', code: 'NO', data: { why: 1 }, httpCode: 409 });
  const headers = { 'x-test': 'yes', 'x-runner-request-id': 'r-1' };
  assert.deepEqual((await callTask(port, 'context', null, { headers })).json.result, {
    id: 'context',
    kind: 'task',
    method: 'POST',
    path: '/__runner/task/context',
    header: 'yes',
    requestId: 'r-1',
    remoteAddress: '127.0.0.1',
    hasBody: false,
  });
});

test('what a handler throws is a 500 without its text, and goes to the logger of the server', async (t) => {
  const { port, logger } = await startThreads(t, serve);
  const { status, json } = await callTask(port, 'fail');
  assert.equal(status, 500);
  assert.deepEqual(json.error, { message: 'Internal Error', code: 'INTERNAL_ERROR' });
  await eventually(t, () => logger.entries.length > 0);
  const [{ level, message, data }] = logger.entries;
  assert.deepEqual([level, message, data.error, data.id], ['error', 'exposure.task.error', 'secret', 'fail']);
});

test('several threads share the calls of an id', async (t) => {
  const { port, pool } = await startThreads(t, serve, { pool: { threads: 2 } });
  const seen = new Set();
  await eventually(t, async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => callTask(port, 'thread')));
    for (const { json } of responses) seen.add(json.result);
    return seen.size === 2;
  });
  assert.deepEqual(seen, new Set(pool.workers.map(({ threadId }) => threadId)));
});

test('a pool may be started before listen, and a server may have several', async (t) => {
  const server = makeServer();
  t.after(() => server.close());
  const one = threadsOf(t, ({ worker }) => void worker.registerTask('one', () => 1).ready());
  const two = threadsOf(t, ({ worker }) => void worker.registerTask('two', () => 2).ready());
  await server.startWorkers(one.options);
  const { port } = await server.listen();
  await server.startWorkers(two.options);
  assert.equal((await callTask(port, 'one')).json.result, 1);
  assert.equal((await callTask(port, 'two')).json.result, 2);
  assert.deepEqual(await server.getTaskIds(), ['one', 'two']);
});

test('handlers may be registered and taken away after ready', async (t) => {
  const { port, next } = await startThreads(t, ({ worker, send }) => {
    worker
      .registerTask('swap', () => {
        worker.unregisterTask('swap');
        worker.registerTask('swapped', () => 'yes');
        send('swapped');
      })
      .ready();
  });
  await callTask(port, 'swap');
  await next();
  assert.equal((await callTask(port, 'swap')).status, 404);
  assert.equal((await callTask(port, 'swapped')).json.result, 'yes');
});

test('ready said twice is said once, and an id is registered once', async (t) => {
  const { next, port } = await startThreads(t, ({ worker, send }) => {
    worker.registerTask('a', () => 'a').ready();
    worker.ready();
    try {
      worker.registerTask('a', () => 'b');
    } catch (error) {
      send(/** @type {any} */ (error).code);
    }
  });
  assert.equal(await next(), 'ID_TAKEN');
  assert.equal((await callTask(port, 'a')).json.result, 'a');
});

test('two servers in one process share no pool', async (t) => {
  const one = await startThreads(t, ({ worker }) => void worker.registerTask('which', () => 'one').ready());
  const two = await startThreads(t, ({ worker }) => void worker.registerTask('which', () => 'two').ready());
  assert.equal((await callTask(one.port, 'which')).json.result, 'one');
  assert.equal((await callTask(two.port, 'which')).json.result, 'two');
  await one.server.close();
  assert.equal((await callTask(two.port, 'which')).json.result, 'two');
});

test('a thread may start a server of its own, which ends with it', async (t) => {
  const { port, pool, next } = await startThreads(t, async ({ worker, makeServer: make, send }) => {
    worker.registerTask('outer', () => 'outer').ready();
    const server = make();
    server.registerTask('inner', () => 'inner');
    send(await server.listen());
  });
  const inner = await next();
  assert.equal((await callTask(inner.port, 'inner')).json.result, 'inner');
  assert.equal((await callTask(inner.port, 'outer')).status, 404);
  assert.equal((await callTask(port, 'outer')).json.result, 'outer');
  await pool.close();
  const { port: taken } = await startServer(t, { port: inner.port });
  assert.equal(taken, inner.port);
});

test('calls of a thread begin with the AsyncLocalStorage store of ready(), and what one enters ends with it', async (t) => {
  const { port } = await startThreads(t, ({ worker, AsyncLocalStorage }) => {
    const storage = new AsyncLocalStorage();
    worker.registerTask('enter', async (user) => {
      const before = storage.getStore();
      storage.enterWith(user);
      await null;
      return [before, storage.getStore()];
    });
    storage.run('of ready', () => worker.ready());
  });
  const calls = Array.from({ length: 20 }, (_, user) => callTask(port, 'enter', user));
  const results = (await Promise.all(calls)).map(({ json }) => json.result);
  assert.deepEqual(
    results,
    Array.from({ length: 20 }, (_, user) => ['of ready', user]),
  );
});

test('workerData, env, execArgv and argv are the application’s', async (t) => {
  const { port } = await startThreads(
    t,
    ({ worker, data }) => void worker.registerTask('own', () => [data, process.env.OF_POOL]).ready(),
    { data: { a: [1] }, pool: { env: { OF_POOL: 'yes' } } },
  );
  assert.deepEqual((await callTask(port, 'own')).json.result, [{ a: [1] }, 'yes']);
});

test('TunnelWorker.current() is refused on a thread that no pool has started', async () => {
  assert.equal(TunnelWorker.isWorker, false);
  assert.throws(() => TunnelWorker.current(), { code: 'STATE_INVALID' });
});

test('a thread that a pool’s thread starts belongs to no pool', async (t) => {
  const { next } = await startThreads(t, ({ worker, startWorker, send }) => {
    worker.ready();
    const inner = startWorker({ after: () => {} }, ({ TunnelWorker: Inner, send: tell }) =>
      tell(Inner.isWorker),
    );
    inner.next().then(send);
  });
  assert.equal(await next(), false);
});
