// @ts-check
'use strict';

// Run by `npm run example:workers`: a pool of worker processes under load. One is killed, one is blocked, all are
// reloaded; only calls that were handed to the killed worker fail, and none is lost.
// --threads uses worker threads. --once shortens each step.

const assert = require('node:assert/strict');
const path = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');
const { TunnelServer } = require('@bluelibs/runner-native');
const { send } = require('./support/send.js');
const { Board } = require('./workers/board.js');
const { CLIENTS, Load } = require('./workers/load.js');

const script = path.join(__dirname, 'workers', 'demo-worker.js');
const WORKERS = 3;
const STEP_MS = process.argv.includes('--once') ? 300 : 4000;

async function main() {
  const server = new TunnelServer({ port: 0 });
  const pool = await server.startWorkers(
    process.argv.includes('--threads') ? { script, threads: WORKERS } : { script, processes: WORKERS },
  );
  const { port } = await server.listen();
  const load = new Load(port);
  const board = new Board(pool, load);

  board.step(`${WORKERS} workers share the calls of ${CLIENTS} clients`);
  await wait(STEP_MS);
  await killOne(pool, port, board);
  await wait(STEP_MS);
  const failed = load.failed;
  await blockOne(port, board, load);
  board.step('All workers are replaced, one after the other, by reload()');
  await pool.reload();
  await wait(STEP_MS);

  await load.stop();
  board.end();
  await server.close();
  assert.equal(load.lost, 0, 'no call is lost');
  assert.equal(load.failed, failed, 'blocking and reloading fail no call');
  console.log('\nFailed calls had been handed to the worker that was killed. No call was lost.');
}

/**
 * Resolves once another worker has replaced it.
 *
 * @param {import('@bluelibs/runner-native').WorkerPool} pool
 * @param {number} port
 * @param {Board} board
 */
async function killOne(pool, port, board) {
  const replaced = new Promise((resolve) => {
    pool.on('worker', ({ type }) => type === 'replaced' && resolve(undefined));
  });
  const { id, pid } = pool.workers[0];
  if (pid === undefined) {
    board.step('One thread exits while calls run in it');
    await send(port, { path: 'task/demo.exit' });
  } else {
    board.step(`kill -9 ${pid}, which is worker ${id}`);
    process.kill(pid, 'SIGKILL');
  }
  await replaced;
}

/**
 * @param {number} port
 * @param {Board} board
 * @param {Load} load
 */
async function blockOne(port, board, load) {
  board.step(`A task keeps one worker busy for ${STEP_MS} ms; the others go on`);
  const before = load.answered;
  const { status } = await send(port, { path: 'task/demo.block', body: { input: { ms: STEP_MS } } });
  assert.equal(status, 200);
  assert.ok(load.answered > before, 'calls are answered while one worker is blocked');
}

main();
