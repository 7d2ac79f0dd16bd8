// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { settled, supervise } = require('../helpers/supervised.js');

describe('the start of a pool', () => {
  test('waits until all workers are ready', async () => {
    const { supervisor, workers, news, states } = supervise({ threads: 2 });
    let isUp = false;
    const started = supervisor.start().then(() => {
      isUp = true;
    });
    workers[0].hears.ready();
    await settled();
    assert.equal(isUp, false);
    assert.deepEqual(states(), ['1 ready', '2 starting']);
    workers[1].hears.ready();
    await started;
    assert.deepEqual(news(), ['started 1', 'started 2', 'ready 1', 'ready 2']);
  });

  test('a worker that says ready twice is ready once', async () => {
    const { supervisor, workers, news } = supervise();
    const started = supervisor.start();
    workers[0].hears.ready();
    workers[0].hears.ready();
    await started;
    assert.deepEqual(news(), ['started 1', 'ready 1']);
  });

  test('fails with the reason of a worker that ends before it is ready, ends the others, and starts no more', async () => {
    const { supervisor, workers, clock, news } = supervise({ threads: 2 });
    const cause = new Error('Cannot find module');
    const failed = assert.rejects(supervisor.start(), {
      code: 'WORKER_START_FAILED',
      message: /could not be started: Cannot find module/,
      cause,
    });
    workers[0].hears.exited({ reason: 'Cannot find module', cause });
    workers[1].hears.ready();
    await settled();
    assert.deepEqual(workers[1].told, ['drain']);
    workers[1].hears.drained();
    workers[1].hears.exited({ reason: 'exit code 0' });
    await failed;
    await clock.advance(60_000);
    assert.equal(workers.length, 2);
    assert.deepEqual(news(), [
      'started 1',
      'started 2',
      'lost 1 Cannot find module',
      'ready 2',
      'stopped 2 close',
    ]);
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  test('fails where a worker cannot be launched at all', async () => {
    const { supervisor, launcher, news } = supervise();
    launcher.launch = () => {
      throw new Error('could not be cloned');
    };
    await assert.rejects(supervisor.start(), { code: 'WORKER_START_FAILED', message: /could not be cloned/ });
    assert.deepEqual(supervisor.workers, []);
    assert.deepEqual(news(), ['lost could not be cloned']);
  });

  test('ends a worker that never says ready, and kills it where that does not help', async () => {
    const { supervisor, workers, clock } = supervise({ startTimeoutMs: 700, drainTimeoutMs: 200 });
    const failed = assert.rejects(supervisor.start(), { message: /not ready within startTimeoutMs \(700\)/ });
    await clock.advance(699);
    assert.deepEqual(workers[0].told, []);
    await clock.advance(1);
    assert.deepEqual(workers[0].told, ['terminate']);
    await clock.advance(200);
    assert.deepEqual(workers[0].told, ['terminate', 'kill']);
    workers[0].hears.exited({ reason: 'SIGKILL' });
    await failed;
  });

  test('a worker that is ready after its time is not taken back', async () => {
    const { supervisor, workers, clock, news } = supervise({ startTimeoutMs: 1 });
    const failed = assert.rejects(supervisor.start());
    await clock.advance(1);
    workers[0].hears.ready();
    workers[0].hears.exited({ reason: 'exit code 1' });
    await failed;
    assert.deepEqual(news(), ['started 1', 'lost 1 not ready within startTimeoutMs (1)']);
  });

  test('a pool that is closed while it starts says so, and is gone once its workers are', async () => {
    const { supervisor, workers, news } = supervise({ threads: 2 });
    const failed = assert.rejects(supervisor.start(), {
      code: 'STATE_INVALID',
      message: 'The pool is closed',
    });
    workers[0].hears.ready();
    const closed = supervisor.close(1000);
    assert.deepEqual(workers[0].told, ['drain']);
    assert.deepEqual(workers[1].told, ['terminate']);
    workers[0].hears.drained();
    for (const { hears } of workers) hears.exited({ reason: 'exit code 0' });
    await closed;
    await failed;
    assert.deepEqual(supervisor.workers, []);
    assert.deepEqual(news().slice(-2), ['stopped 1 close', 'stopped 2 close']);
  });

  test('handlers that disagree with those of another worker are the reason of the failure', async () => {
    const { supervisor, workers } = supervise();
    const failed = assert.rejects(supervisor.start(), { message: /task "a" is parallel in worker 1/ });
    workers[0].hears.failed('task "a" is parallel in worker 1');
    assert.deepEqual(workers[0].told, ['terminate']);
    workers[0].hears.exited({ reason: 'exit code 1' });
    await failed;
  });
});
