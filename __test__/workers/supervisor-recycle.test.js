// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { drainAndEnd, settled, supervise } = require('../helpers/supervised.js');

const HOUR_MS = 3_600_000;

describe('recycling', () => {
  test('starts a new worker first, and drains the old one once that is ready', async () => {
    const pool = supervise({ maxCalls: 10 });
    await pool.up();
    const [old] = pool.workers;
    old.usage.calls = 10;
    await pool.clock.advance(100);
    assert.deepEqual(pool.states(), ['1 ready', '2 starting']);
    assert.deepEqual(old.told, [], 'it takes calls as before');
    pool.workers[1].hears.ready();
    assert.deepEqual(pool.states(), ['2 ready', '1 draining']);
    assert.deepEqual(old.told, ['drain']);
    await drainAndEnd(old);
    assert.deepEqual(old.told, ['drain', 'end']);
    assert.deepEqual(pool.news(), [
      'started 2',
      'ready 2',
      'recycled 2 for 1 maxCalls',
      'stopped 1 maxCalls',
    ]);
  });

  for (const [option, reach] of /** @type {const} */ ([
    ['maxAgeMs', () => {}],
    ['maxMemoryBytes', (/** @type {any} */ { hears }) => hears.pong(10_000)],
  ])) {
    test(`happens at ${option}`, async () => {
      const pool = supervise({ [option]: 10_000, pingIntervalMs: 10_000 });
      await pool.up();
      reach(pool.workers[0]);
      await pool.clock.advance(10_000);
      pool.workers[1].hears.ready();
      assert.ok(pool.news().includes(`recycled 2 for 1 ${option}`));
    });
  }

  test('is spread by a tenth to both sides, so that not all workers go at once', async () => {
    const at = [];
    for (const random of [0, 0.5, 1]) {
      const pool = supervise({ maxAgeMs: HOUR_MS, pingIntervalMs: 60_000 }, { random: () => random });
      await pool.up();
      pool.workers[0].hears.pong = () => {};
      let minutes = 0;
      while (pool.workers.length === 1) {
        pool.workers[0].usage.calls += 1;
        await pool.clock.advance(60_000);
        minutes += 1;
      }
      at.push(minutes);
    }
    assert.deepEqual(at, [54, 60, 66]);
  });

  test('a worker goes on until a new one can be started', async () => {
    const pool = supervise({ maxCalls: 10 });
    await pool.up();
    pool.workers[0].usage.calls = 10;
    await pool.clock.advance(100);
    pool.workers[1].hears.exited({ reason: 'crashed' });
    assert.deepEqual(pool.states(), ['1 ready']);
    await pool.clock.advance(100);
    pool.workers[2].hears.exited({ reason: 'crashed' });
    await pool.clock.advance(200);
    pool.workers[3].hears.ready();
    assert.deepEqual(pool.states(), ['4 ready', '1 draining']);
    assert.equal(pool.news().at(-1), 'recycled 4 for 1 maxCalls');
  });

  test('a worker that is lost while its successor starts has its place taken by that one', async () => {
    const pool = supervise({ maxCalls: 10 });
    await pool.up();
    pool.workers[0].usage.calls = 10;
    await pool.clock.advance(100);
    pool.workers[0].hears.exited({ reason: 'crashed' });
    assert.deepEqual(pool.states(), ['2 starting']);
    pool.workers[1].hears.ready();
    await pool.clock.advance(1000);
    assert.equal(pool.workers.length, 2);
    assert.equal(pool.news().at(-1), 'replaced 2 for 1 crashed');
  });

  test('a worker that does not finish within drainTimeoutMs is killed', async () => {
    const pool = supervise({ maxCalls: 1, drainTimeoutMs: 50 });
    await pool.up();
    pool.workers[0].usage.calls = 1;
    await pool.clock.advance(100);
    pool.workers[1].hears.ready();
    await pool.clock.advance(50);
    assert.deepEqual(pool.workers[0].told, ['drain', 'kill']);
  });

  test('a worker that crashes while it drains is said to be lost, and not replaced again', async () => {
    const pool = supervise({ maxCalls: 1 });
    await pool.up();
    pool.workers[0].usage.calls = 1;
    await pool.clock.advance(100);
    pool.workers[1].hears.ready();
    pool.news();
    pool.workers[0].hears.exited({ reason: 'crashed' });
    await pool.clock.advance(1000);
    assert.deepEqual(pool.news(), ['lost 1 crashed']);
    assert.deepEqual(pool.states(), ['2 ready']);
  });
});

describe('reload', () => {
  test('replaces one worker after the other', async () => {
    const pool = supervise({ threads: 2 });
    await pool.up();
    const reloaded = pool.supervisor.reload();
    await settled();
    assert.deepEqual(pool.states(), ['1 ready', '3 starting', '2 ready']);
    pool.workers[2].hears.ready();
    await settled();
    assert.deepEqual(
      pool.states(),
      ['3 ready', '1 draining', '2 ready'],
      'the second waits for the end of the first',
    );
    await drainAndEnd(pool.workers[0]);
    assert.deepEqual(pool.states(), ['3 ready', '2 ready', '4 starting']);
    pool.workers[3].hears.ready();
    await drainAndEnd(pool.workers[1]);
    await reloaded;
    assert.deepEqual(pool.states(), ['3 ready', '4 ready']);
    assert.deepEqual(
      pool.news().filter((event) => event.startsWith('replaced')),
      ['replaced 3 for 1 reload', 'replaced 4 for 2 reload'],
    );
  });

  test('rejects where a new worker cannot be started, and the old ones go on', async () => {
    const pool = supervise({ threads: 2 });
    await pool.up();
    const failed = assert.rejects(pool.supervisor.reload(), {
      code: 'WORKER_START_FAILED',
      message: /bad syntax/,
    });
    await settled();
    pool.workers[2].hears.exited({ reason: 'bad syntax' });
    await failed;
    await pool.clock.advance(60_000);
    assert.deepEqual(pool.states(), ['1 ready', '2 ready']);
    assert.equal(pool.workers.length, 3, 'it is not tried again');
  });

  test('called while reloading, replaces all once more, and only once for several calls', async () => {
    const pool = supervise();
    await pool.up();
    const first = pool.supervisor.reload();
    const again = [pool.supervisor.reload(), pool.supervisor.reload()];
    assert.equal(again[0], again[1]);
    await settled();
    pool.workers[1].hears.ready();
    await drainAndEnd(pool.workers[0]);
    await first;
    await settled();
    pool.workers[2].hears.ready();
    await drainAndEnd(pool.workers[1]);
    await Promise.all(again);
    assert.deepEqual(pool.states(), ['3 ready']);
    assert.equal(pool.workers.length, 3);
  });

  test('replaces a worker that was starting when it was called, as that one may have read the old script', async () => {
    const pool = supervise();
    await pool.up();
    pool.workers[0].hears.exited({ reason: 'crashed' });
    await pool.clock.advance(100);
    const reloaded = pool.supervisor.reload();
    await settled();
    assert.equal(pool.workers.length, 2);
    pool.workers[1].hears.ready();
    await settled();
    pool.workers[2].hears.ready();
    await drainAndEnd(pool.workers[1]);
    await reloaded;
    assert.deepEqual(pool.states(), ['3 ready']);
  });

  test('starts at once where the back-off of a lost worker runs', async () => {
    const pool = supervise();
    await pool.up();
    pool.workers[0].hears.exited({ reason: 'crashed' });
    const reloaded = pool.supervisor.reload();
    await settled();
    pool.workers[1].hears.ready();
    await reloaded;
    await pool.clock.advance(1000);
    assert.deepEqual(pool.states(), ['2 ready']);
    assert.equal(pool.workers.length, 2);
  });

  test('that is interrupted by close rejects and says so', async () => {
    const pool = supervise();
    await pool.up();
    const failed = assert.rejects(pool.supervisor.reload(), { code: 'STATE_INVALID' });
    await settled();
    const closed = pool.supervisor.close(1000);
    for (const { hears } of pool.workers) {
      hears.drained();
      hears.exited({ reason: 'exit code 0' });
    }
    await closed;
    await failed;
    await assert.rejects(pool.supervisor.reload(), { code: 'STATE_INVALID' });
  });
});
