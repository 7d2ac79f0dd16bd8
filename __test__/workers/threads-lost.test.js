// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { startThreads } = require('../helpers/pool.js');

const LOST = { message: 'Internal Error', code: 'WORKER_LOST' };

/**
 * Threads whose tasks end them in different ways; `wait` starts, says so, and never completes.
 *
 * @param {import('../helpers/pool.js').ThreadWorld} world
 */
function serve({ worker, threadId, send }) {
  worker
    .registerTask('thread', () => threadId)
    .registerTask('wait', () => {
      send('waiting');
      return new Promise(() => {});
    })
    .registerTask('exit', () => process.exit(7))
    .registerTask('throw', () => {
      setImmediate(() => {
        throw new Error('outside of a handler');
      });
      return new Promise(() => {});
    })
    .registerTask('reject', () => {
      Promise.reject(new Error('not awaited'));
      return new Promise(() => {});
    })
    .registerTask('fill', () => {
      const kept = [];
      for (;;) kept.push(new Array(100_000).fill(kept.length));
    })
    .registerTask('loop', () => {
      send('looping');
      for (;;);
    })
    .registerTask(
      'slow',
      () => {
        send('slow');
        return new Promise(() => {});
      },
      { timeoutMs: 1 },
    )
    .registerTask(
      'slow-loop',
      () => {
        send('looping');
        for (;;);
      },
      { timeoutMs: 1 },
    )
    .ready();
}

/** @type {[what: string, task: string, reason: RegExp, pool?: object][]} */
const ENDS = [
  ['process.exit in a handler', 'exit', /^exit code 7$/],
  ['an exception outside of handlers', 'throw', /^uncaught exception: outside of a handler$/],
  ['a rejection that is not handled', 'reject', /^uncaught exception: not awaited$/],
  ['running out of memory', 'fill', /^out of memory$/, { resourceLimits: { maxOldGenerationSizeMb: 40 } }],
];

for (const [what, task, reason, pool] of ENDS) {
  test(`${what} costs a thread the calls that it ran, and another takes its place`, async (t) => {
    const { port, nextEvent, next, logger } = await startThreads(t, serve, { pool });
    const wait = callTask(port, 'wait');
    assert.equal(await next(), 'waiting');
    const fatal = callTask(port, task);
    for (const call of [wait, fatal]) {
      const { status, json } = await call;
      assert.equal(status, 500);
      assert.deepEqual(json.error, LOST);
    }
    const lost = await nextEvent('lost');
    assert.match(String(lost.reason), reason);
    const replaced = await nextEvent('replaced');
    assert.equal(replaced.previous, lost.worker.id);
    assert.equal((await callTask(port, 'thread')).json.result, replaced.worker.threadId);
    const logged = logger.entries.find(({ message }) => message === 'node.exposure.worker.lost');
    assert.equal(logged?.level, 'error');
    assert.match(logged?.data.reason, reason);
  });
}

describe('an endless loop', () => {
  test('ends with its thread once it is past its deadline by killAfterMs', async (t) => {
    const { port, nextEvent, next } = await startThreads(t, serve, { pool: { killAfterMs: 1 } });
    const loop = callTask(port, 'slow-loop');
    assert.equal(await next(), 'looping');
    assert.equal((await loop).json.error.code, 'HANDLER_TIMEOUT');
    assert.match(
      String((await nextEvent('lost')).reason),
      /past its deadline by more than killAfterMs \(1\)/,
    );
    await nextEvent('replaced');
    assert.equal((await callTask(port, 'thread')).status, 200);
  });

  test('without killAfterMs ends with its thread once that does not respond to pings', async (t) => {
    const pool = { pingIntervalMs: 10, pingTimeoutMs: 200 };
    const { port, nextEvent, next } = await startThreads(t, serve, { pool });
    const loop = callTask(port, 'loop');
    assert.equal(await next(), 'looping');
    assert.deepEqual((await loop).json.error, LOST);
    assert.match(String((await nextEvent('lost')).reason), /no sign of life within pingTimeoutMs \(200\)/);
  });

  test('holds up no call of another thread', async (t) => {
    const { port, next, pool } = await startThreads(t, serve, { pool: { threads: 2 } });
    const loop = callTask(port, 'loop');
    assert.equal(await next(), 'looping');
    const calls = await Promise.all(Array.from({ length: 50 }, () => callTask(port, 'thread')));
    const threads = new Set(calls.map(({ json }) => json.result));
    assert.equal(threads.size, 1, 'all ran in the thread that is free');
    await pool.close({ timeoutMs: 0 });
    assert.deepEqual((await loop).json.error, LOST);
  });
});

test('a call past its deadline without an endless loop does not end its thread, without killAfterMs', async (t) => {
  const { port, next, pool } = await startThreads(t, serve);
  const [{ id }] = pool.workers;
  assert.equal((await callTask(port, 'slow')).json.error.code, 'HANDLER_TIMEOUT');
  assert.equal(await next(), 'slow');
  assert.equal((await callTask(port, 'thread')).status, 200);
  assert.equal(pool.workers[0].id, id);
});

test('calls that a lost thread had not started run in the one that takes its place', async (t) => {
  const pool = { maxInFlight: 1, killAfterMs: 1 };
  const { port, next, nextEvent } = await startThreads(t, serve, { pool });
  const loop = callTask(port, 'slow-loop');
  assert.equal(await next(), 'looping');
  const waiting = await Promise.all(Array.from({ length: 10 }, () => callTask(port, 'thread')));
  const { worker } = await nextEvent('replaced');
  for (const { json } of waiting) assert.deepEqual(json, { ok: true, result: worker.threadId });
  assert.equal((await loop).json.error.code, 'HANDLER_TIMEOUT');
});

test('an idempotent call that a lost thread was running runs once more, in another', async (t) => {
  const { port, nextEvent, next } = await startThreads(t, ({ worker, send, threadId }) => {
    worker
      .registerTask(
        'once-more',
        () => {
          send(threadId);
          return new Promise(() => {});
        },
        { idempotent: true },
      )
      .registerTask('exit', () => process.exit(0))
      .ready();
  });
  const call = callTask(port, 'once-more');
  const first = await next();
  await callTask(port, 'exit');
  const second = await next();
  assert.notEqual(first, second);
  await nextEvent('replaced');
  await callTask(port, 'exit');
  assert.deepEqual((await call).json.error, LOST, 'it runs once more, not for ever');
});

test('terminate() of threads under load fails the calls that they ran, and hangs none', async (t) => {
  const { port, pool } = await startThreads(
    t,
    ({ worker }) =>
      void worker
        .registerTask('echo', (input) => input)
        .registerTask('exit', () => process.exit(1))
        .ready(),
    { pool: { threads: 2 } },
  );
  const counts = { ok: 0, lost: 0 };
  let isOver = false;
  const client = async (/** @type {number} */ n) => {
    while (!isOver) {
      const { status, json } = await callTask(port, 'echo', n);
      if (status === 200) {
        assert.equal(json.result, n);
        counts.ok += 1;
      } else {
        assert.deepEqual(json.error, LOST);
        counts.lost += 1;
      }
    }
  };
  const clients = Array.from({ length: 8 }, (_, n) => client(n));
  for (let end = 0; end < 5; end += 1) {
    await callTask(port, 'exit');
    await eventually(t, () => pool.workers.filter(({ state }) => state === 'ready').length === 2);
  }
  isOver = true;
  await Promise.all(clients);
  assert.ok(counts.ok > 0);
  t.diagnostic(JSON.stringify(counts));
});
