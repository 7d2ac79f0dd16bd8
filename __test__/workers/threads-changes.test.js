// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { startThreads } = require('../helpers/pool.js');

/**
 * Threads that give their number, and hold a call until the cell of `data` is set.
 *
 * @param {import('../helpers/pool.js').ThreadWorld} world
 */
function serve({ worker, threadId, data: cells, send }) {
  const released = () =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!Atomics.load(cells, 0)) return;
        clearInterval(timer);
        resolve('released');
      }, 1);
    });
  worker
    .registerTask('thread', () => threadId)
    .registerTask('hold', () => {
      send('holding');
      return released();
    })
    .onClose(() => send('closing'))
    .ready();
}

/** A cell that is shared with threads. */
const cell = () => new Int32Array(new SharedArrayBuffer(4));

/**
 * Clients that call without a pause until they are stopped; stopping resolves to how many calls were made. A call that
 * fails rejects.
 *
 * @param {number} port
 */
function load(port) {
  let isOver = false;
  let calls = 0;
  const client = async () => {
    while (!isOver) {
      const { status, text } = await callTask(port, 'thread');
      assert.equal(status, 200, text);
      calls += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  return async () => {
    isOver = true;
    await clients;
    return calls;
  };
}

test('reload replaces every thread and fails no call under load', async (t) => {
  const { port, pool } = await startThreads(t, serve, { pool: { threads: 2 } });
  const before = pool.workers.map(({ id }) => id);
  const stop = load(port);
  await Promise.all([pool.reload(), pool.reload(), pool.reload()]);
  assert.ok((await stop()) > 0);
  const after = pool.workers.map(({ id }) => id);
  assert.equal(after.length, 2);
  assert.deepEqual(
    after.filter((id) => before.includes(id)),
    [],
  );
});

test('recycling by calls replaces threads and fails no call under load', async (t) => {
  const { port, nextEvent } = await startThreads(t, serve, { pool: { threads: 2, maxCalls: 50 } });
  const stop = load(port);
  for (let recycled = 0; recycled < 4; recycled += 1) {
    const { reason } = await nextEvent('recycled');
    assert.equal(reason, 'maxCalls');
  }
  assert.ok((await stop()) > 0);
});

test('recycling by memory replaces a thread that has grown', async (t) => {
  const { port, nextEvent } = await startThreads(
    t,
    ({ worker }) => {
      /** @type {unknown[]} */
      const kept = [];
      worker.registerTask('grow', () => void kept.push(new Uint8Array(200_000_000).fill(1))).ready();
    },
    { pool: { maxMemoryBytes: 150_000_000, pingIntervalMs: 10 } },
  );
  await callTask(port, 'grow');
  assert.equal((await nextEvent('recycled')).reason, 'maxMemoryBytes');
});

test('resize goes up, to 0 and back; calls wait for the worker that comes', async (t) => {
  const { port, pool } = await startThreads(t, serve, { server: { workers: { acquireTimeoutMs: 100_000 } } });
  await pool.resize(3);
  assert.deepEqual(
    pool.workers.map(({ state }) => state),
    ['ready', 'ready', 'ready'],
  );
  await pool.resize(0);
  assert.equal(pool.workers.length, 0);
  const call = callTask(port, 'thread');
  await pool.resize(1);
  assert.equal((await call).json.result, pool.workers[0].threadId);
});

test('a call for which no worker comes in time is 503 NO_WORKER with Retry-After', async (t) => {
  const { port, pool } = await startThreads(t, serve, { server: { workers: { acquireTimeoutMs: 10 } } });
  await pool.resize(0);
  const { status, json, headers } = await callTask(port, 'thread');
  assert.equal(status, 503);
  assert.deepEqual(json.error, { message: 'Service Unavailable', code: 'NO_WORKER' });
  assert.equal(headers['retry-after'], '1');
});

/** @type {Record<string, (world: { pool: import('../../index.js').WorkerPool, server: import('../../index.js').TunnelServer }) => Promise<void>>} */
const CHANGES = {
  'pool.close': ({ pool }) => pool.close(),
  'server.close': ({ server }) => server.close(),
  reload: ({ pool }) => pool.reload(),
  'resize to 0': ({ pool }) => pool.resize(0),
};

for (const [change, make] of Object.entries(CHANGES)) {
  test(`${change} lets a call in flight finish, and the thread close what it has opened`, async (t) => {
    const data = cell();
    const { port, pool, server, next } = await startThreads(t, serve, { data });
    const held = callTask(port, 'hold');
    assert.equal(await next(), 'holding');
    const changed = make({ pool, server });
    await eventually(
      t,
      () => server.state === 'closing' || pool.workers.some(({ state }) => state === 'draining'),
    );
    Atomics.store(data, 0, 1);
    assert.deepEqual((await held).json, { ok: true, result: 'released' });
    assert.equal(await next(), 'closing');
    await changed;
  });
}

test('a thread that is told to end writes the response that it streams to its end before', async (t) => {
  const data = cell();
  const { port, pool, next } = await startThreads(
    t,
    ({ worker, Readable, data: cells, send }) => {
      worker
        .registerTask('stream', () => {
          const stream = new Readable({ read() {} });
          stream.push('begun, ');
          const timer = setInterval(() => {
            if (!Atomics.load(cells, 0)) return;
            clearInterval(timer);
            stream.push('ended');
            stream.push(null);
          }, 1);
          send('streaming');
          return stream;
        })
        .ready();
    },
    { data },
  );
  const streamed = callTask(port, 'stream');
  assert.equal(await next(), 'streaming');
  const reloaded = pool.reload();
  await eventually(t, () => pool.workers.some(({ state }) => state === 'stopping'));
  Atomics.store(data, 0, 1);
  assert.equal((await streamed).text, 'begun, ended');
  await reloaded;
});

test('the size and the options of a resize are checked', async (t) => {
  const { pool } = await startThreads(t, serve);
  for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1025, '2', null, undefined]) {
    await assert.rejects(pool.resize(/** @type {any} */ (size)), { code: 'CONFIG_INVALID' }, String(size));
  }
  await assert.rejects(pool.close({ timeoutMs: -1 }), { code: 'CONFIG_INVALID' });
  assert.equal(pool.size, 1);
});

test('a listener that throws goes to the log, and supervision goes on', async (t) => {
  const { pool, logger } = await startThreads(t, serve);
  pool.on('worker', () => {
    throw new Error('of a listener');
  });
  await pool.reload();
  assert.equal(pool.workers[0].state, 'ready');
  const logged = logger.entries.filter(({ message }) => message === 'node.exposure.worker.listener.error');
  assert.ok(logged.length > 0);
  assert.equal(logged[0].data.error, 'of a listener');
});
