// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { CLIENTS, recordedPool } = require('../helpers/recorded-pool.js');

const ENDS = 100;
const CALLS_WITH_ENDS = 100_000;
const RELOADS = 10;
const CALLS_WITH_RELOADS = 50_000;

for (const kind of /** @type {const} */ (['threads', 'processes'])) {
  test(`a hundred ends of ${kind} under load fail only calls that were handed over, and no call is lost or runs twice`, async (t) => {
    const { port, pool, load, starts } = await recordedPool(t, kind);
    let ends = 0;
    const ending = (async () => {
      for (; ends < ENDS; ends += 1) await endOne(pool, port);
    })();
    await Promise.all([load.run(() => ends === ENDS && load.sent >= CALLS_WITH_ENDS), ending]);

    const counts = starts();
    const begun = load.failed.filter((number) => counts.has(number)).length;
    t.diagnostic(
      `${load.answered.length} answered, ${load.failed.length} failed, of which ${begun} had begun`,
    );
    assert.deepEqual(load.lost, []);
    assert.equal(load.answered.length + load.failed.length, load.sent);
    assert.ok(load.failed.length <= ENDS * CLIENTS);
    assert.deepEqual(
      load.answered.filter((number) => counts.get(number) !== 1),
      [],
      'answered calls have run once',
    );
    // A call that was handed to a worker may not have begun in it; it is not handed over again.
    assert.deepEqual(
      load.failed.filter((number) => counts.get(number) > 1),
      [],
      'failed calls have not run twice',
    );
  });

  test(`reloading and recycling ${kind} under load fail no call`, async (t) => {
    const { pool, load, starts } = await recordedPool(t, kind, { maxCalls: 2000 });
    let recycled = 0;
    pool.on('worker', ({ type }) => {
      if (type === 'recycled') recycled += 1;
    });
    let reloads = 0;
    const reloading = (async () => {
      for (; reloads < RELOADS; reloads += 1) await pool.reload();
    })();
    const isEnough = () => reloads === RELOADS && recycled > 0 && load.sent >= CALLS_WITH_RELOADS;
    await Promise.all([load.run(isEnough), reloading]);

    t.diagnostic(`${load.answered.length} answered, ${recycled} workers recycled`);
    assert.deepEqual([load.failed, load.lost], [[], []]);
    assert.equal(load.answered.length, load.sent);
    const counts = starts();
    assert.equal(counts.size, load.sent);
    assert.ok([...counts.values()].every((count) => count === 1));
  });
}

/**
 * Ends a worker without a warning, and resolves once another has replaced it.
 *
 * @param {import('../../index.js').WorkerPool} pool
 * @param {number} port
 */
async function endOne(pool, port) {
  const replaced = new Promise((resolve) => {
    const listener = (/** @type {import('../../index.js').WorkerEvent} */ { type }) => {
      if (type !== 'replaced') return;
      pool.off('worker', listener);
      resolve(undefined);
    };
    pool.on('worker', listener);
  });
  const { pid } = pool.workers.find(({ state }) => state === 'ready') ?? {};
  if (pid) process.kill(pid, 'SIGKILL');
  else await callTask(port, 'exit');
  await replaced;
}
