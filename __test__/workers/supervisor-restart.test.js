// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { settled, supervise } = require('../helpers/supervised.js');

/** @param {ReturnType<typeof supervise>} pool loses its newest worker */
function lose({ workers }) {
  workers[workers.length - 1].hears.exited({ reason: 'crashed' });
}

describe('a worker that is lost', () => {
  test('is replaced after the shortest delay', async () => {
    const pool = supervise();
    await pool.up();
    lose(pool);
    assert.deepEqual(pool.states(), []);
    assert.equal(pool.clock.nextMs, 100);
    await pool.clock.advance(100);
    pool.workers[1].hears.ready();
    assert.deepEqual(pool.news(), ['lost 1 crashed', 'started 2', 'ready 2', 'replaced 2 for 1 crashed']);
    assert.equal(pool.supervisor.workers[0].describe().restarts, 1);
  });

  test('is replaced after delays that double up to the longest, while starts fail', async () => {
    const pool = supervise({ restart: { minDelayMs: 100, maxDelayMs: 1000 } });
    await pool.up();
    const delays = [];
    for (let failure = 0; failure < 6; failure += 1) {
      lose(pool);
      delays.push(pool.clock.nextMs);
      await pool.clock.advance(pool.clock.nextMs);
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000]);
  });

  test('is replaced after the shortest delay again once one has lived for ten seconds', async () => {
    const pool = supervise();
    await pool.up();
    for (let failure = 0; failure < 4; failure += 1) {
      lose(pool);
      await pool.clock.advance(pool.clock.nextMs);
    }
    pool.workers[4].hears.ready();
    await pool.clock.advance(10_000);
    lose(pool);
    assert.equal(pool.clock.nextMs, 100);
  });

  test('one that was ready for less counts as a failed start', async () => {
    const pool = supervise();
    await pool.up();
    lose(pool);
    await pool.clock.advance(100);
    pool.workers[1].hears.ready();
    await pool.clock.advance(9000);
    lose(pool);
    assert.equal(pool.clock.nextMs, 200);
  });

  test('is not replaced any more past maxFailures in a row, which is said, until the pool is reloaded', async () => {
    const pool = supervise({ restart: { maxFailures: 2 } });
    await pool.up();
    for (let failure = 0; failure < 2; failure += 1) {
      lose(pool);
      await pool.clock.advance(pool.clock.nextMs);
    }
    pool.news();
    lose(pool);
    assert.deepEqual(pool.news(), ['lost 3 crashed', 'gaveUp 3 crashed']);
    assert.equal(pool.clock.pending, 0);
    assert.equal(pool.supervisor.size, 1);
    const reloaded = pool.supervisor.reload();
    await settled();
    pool.workers[3].hears.ready();
    await reloaded;
    assert.deepEqual(pool.states(), ['4 ready']);
  });

  test('with maxFailures 0 is never replaced', async () => {
    const pool = supervise({ restart: { maxFailures: 0 } });
    await pool.up();
    lose(pool);
    assert.deepEqual(pool.news(), ['lost 1 crashed', 'gaveUp 1 crashed']);
  });

  test('is not replaced in a pool that is closed while the delay runs', async () => {
    const pool = supervise();
    await pool.up();
    lose(pool);
    await pool.supervisor.close(0);
    await pool.clock.advance(10_000);
    assert.equal(pool.workers.length, 1);
    assert.equal(pool.clock.pending, 0);
  });

  test('leaves the other workers alone', async () => {
    const pool = supervise({ threads: 3 });
    await pool.up();
    pool.workers[1].hears.exited({ reason: 'crashed' });
    await pool.clock.advance(100);
    assert.deepEqual(pool.states(), ['1 ready', '4 starting', '3 ready']);
    assert.deepEqual(
      pool.workers.map(({ told }) => told),
      [[], [], [], []],
    );
  });
});

describe('a worker that does not live up to its duties', () => {
  test('is ended after pingTimeoutMs without a sign of life, and replaced', async () => {
    const pool = supervise({ pingIntervalMs: 100, pingTimeoutMs: 1000 });
    await pool.up();
    await pool.clock.advance(1000);
    assert.deepEqual(new Set(pool.workers[0].told), new Set(['ping']));
    await pool.clock.advance(100);
    assert.equal(pool.workers[0].told.at(-1), 'terminate');
    pool.workers[0].hears.exited({ reason: 'terminated' });
    assert.deepEqual(pool.news(), ['lost 1 no sign of life within pingTimeoutMs (1000)']);
    assert.equal(pool.clock.nextMs, 100);
  });

  test('is left alone while it responds to pings, or completes calls', async () => {
    const pool = supervise({ threads: 2, pingIntervalMs: 100, pingTimeoutMs: 1000 });
    await pool.up();
    for (let i = 0; i < 50; i += 1) {
      await pool.clock.advance(100);
      pool.workers[0].hears.pong(1);
      pool.workers[1].usage.calls += 1;
    }
    assert.deepEqual(pool.states(), ['1 ready', '2 ready']);
  });

  test('is not blamed for the time in which the main thread was blocked', async () => {
    const pool = supervise({ pingIntervalMs: 100, pingTimeoutMs: 1000 });
    await pool.up();
    await pool.clock.block(3_600_000);
    assert.deepEqual(pool.states(), ['1 ready']);
  });

  test('is never given up on with pingTimeoutMs 0', async () => {
    const pool = supervise({ pingIntervalMs: 100, pingTimeoutMs: 0 });
    await pool.up();
    await pool.clock.advance(3_600_00);
    assert.deepEqual(pool.states(), ['1 ready']);
  });

  test('is ended once a call is past its deadline by more than killAfterMs', async () => {
    const pool = supervise({ killAfterMs: 500 });
    await pool.up();
    pool.workers[0].usage.overdueMs = 500;
    await pool.clock.advance(100);
    assert.deepEqual(pool.states(), ['1 ready']);
    pool.workers[0].usage.overdueMs = 501;
    await pool.clock.advance(100);
    assert.equal(pool.workers[0].told.at(-1), 'terminate');
  });

  test('runs over its deadline for as long as it likes without killAfterMs', async () => {
    const pool = supervise({ pingTimeoutMs: 0 });
    await pool.up();
    pool.workers[0].usage.overdueMs = 3_600_000;
    await pool.clock.advance(60_000);
    assert.deepEqual(pool.states(), ['1 ready']);
  });
});
