// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { drainAndEnd, settled, supervise } = require('../helpers/supervised.js');

describe('resize', () => {
  test('adds workers and waits until they are ready', async () => {
    const pool = supervise();
    await pool.up();
    const resized = pool.supervisor.resize(3);
    await settled();
    assert.equal(pool.supervisor.size, 3);
    pool.workers[1].hears.ready();
    pool.workers[2].hears.ready();
    await resized;
    assert.deepEqual(pool.states(), ['1 ready', '2 ready', '3 ready']);
  });

  test('takes the last workers away and waits until they have finished', async () => {
    const pool = supervise({ threads: 3 });
    await pool.up();
    let isDone = false;
    const resized = pool.supervisor.resize(1).then(() => {
      isDone = true;
    });
    await settled();
    assert.equal(pool.supervisor.size, 1);
    assert.deepEqual(pool.states(), ['1 ready', '2 draining', '3 draining']);
    await drainAndEnd(pool.workers[1]);
    assert.equal(isDone, false);
    await drainAndEnd(pool.workers[2]);
    await resized;
    assert.deepEqual(pool.states(), ['1 ready']);
    assert.deepEqual(pool.news(), ['stopped 2 resize', 'stopped 3 resize']);
  });

  test('goes to 0 and back, one change after the other', async () => {
    const pool = supervise({ threads: 2 });
    await pool.up();
    const none = pool.supervisor.resize(0);
    const back = pool.supervisor.resize(2);
    await settled();
    assert.equal(pool.workers.length, 2, 'the second change waits for the first');
    await drainAndEnd(pool.workers[0]);
    await drainAndEnd(pool.workers[1]);
    await none;
    await settled();
    pool.workers[2].hears.ready();
    pool.workers[3].hears.ready();
    await back;
    assert.deepEqual(pool.states(), ['3 ready', '4 ready']);
  });

  test('rejects where an added worker cannot be started, and gives that one up', async () => {
    const pool = supervise();
    await pool.up();
    const failed = assert.rejects(pool.supervisor.resize(3), { code: 'WORKER_START_FAILED' });
    await settled();
    pool.workers[1].hears.exited({ reason: 'out of memory' });
    pool.workers[2].hears.ready();
    await failed;
    await pool.clock.advance(60_000);
    assert.equal(pool.supervisor.size, 2);
    assert.deepEqual(pool.states(), ['1 ready', '3 ready']);
  });

  test('takes away a worker that starts, and one that waits for its next start', async () => {
    const pool = supervise({ threads: 2 });
    await pool.up();
    for (const { hears } of [...pool.workers]) hears.exited({ reason: 'crashed' });
    await pool.clock.advance(100);
    pool.workers[3].hears.exited({ reason: 'crashed' });
    assert.deepEqual(pool.states(), ['3 starting']);
    const resized = pool.supervisor.resize(0);
    await settled();
    pool.workers[2].hears.exited({ reason: 'terminated' });
    await resized;
    await pool.clock.advance(60_000);
    assert.equal(pool.workers.length, 4);
    assert.equal(pool.clock.pending, 0);
  });
});

describe('close', () => {
  test('lets the workers finish, ends them, and leaves no timer', async () => {
    const pool = supervise({ threads: 2 });
    await pool.up();
    const closed = pool.supervisor.close(1000);
    assert.equal(pool.supervisor.size, 0);
    for (const worker of pool.workers) await drainAndEnd(worker);
    await closed;
    assert.deepEqual(pool.news(), ['stopped 1 close', 'stopped 2 close']);
    assert.equal(pool.clock.pending, 0);
  });

  test('kills what is left after its time', async () => {
    const pool = supervise();
    await pool.up();
    const closed = pool.supervisor.close(1000);
    await pool.clock.advance(1000);
    assert.deepEqual(pool.workers[0].told, ['drain', 'kill']);
    pool.workers[0].hears.exited({ reason: 'SIGKILL' });
    await closed;
  });

  test('called again, brings the end forward and never puts it off', async () => {
    const pool = supervise();
    await pool.up();
    const closed = [pool.supervisor.close(1000), pool.supervisor.close(5000), pool.supervisor.close(10)];
    await pool.clock.advance(10);
    assert.deepEqual(pool.workers[0].told, ['drain', 'kill']);
    pool.workers[0].hears.exited({ reason: 'SIGKILL' });
    await Promise.all(closed);
  });

  test('waits for workers that a smaller size has taken away before', async () => {
    const pool = supervise();
    await pool.up();
    const failed = assert.rejects(pool.supervisor.resize(0), { code: 'STATE_INVALID' });
    await settled();
    let isClosed = false;
    const closed = pool.supervisor.close(1000).then(() => {
      isClosed = true;
    });
    await settled();
    assert.equal(isClosed, false);
    await drainAndEnd(pool.workers[0]);
    await closed;
    await failed;
  });

  test('a closed pool changes no more', async () => {
    const pool = supervise();
    await pool.up();
    const closed = pool.supervisor.close(0);
    await drainAndEnd(pool.workers[0]);
    await closed;
    for (const change of [pool.supervisor.resize(1), pool.supervisor.reload()]) {
      await assert.rejects(change, { code: 'STATE_INVALID', message: 'The pool is closed' });
    }
    assert.equal(pool.workers.length, 1);
  });
});
