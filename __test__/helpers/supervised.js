// @ts-check
'use strict';

const { poolConfig } = require('../../lib/workers/options.js');
const { Supervisor } = require('../../lib/workers/supervisor.js');
const { manualClock, settled } = require('./manual-clock.js');

/**
 * A worker as a launcher gives it, which a test steers through `hears`, and which keeps what it is told in `told`.
 *
 * @param {number} id
 * @param {import('../../lib/workers/launcher').WorkerListener} hears
 */
function scriptedWorker(id, hears) {
  /** @type {string[]} */
  const told = [];
  const usage = { calls: 0, inFlight: 0, overdueMs: 0 };
  const tell = (/** @type {string} */ what) => () => void told.push(what);
  const handle = {
    id,
    identity: { threadId: id },
    usage: () => usage,
    ping: tell('ping'),
    drain: tell('drain'),
    end: tell('end'),
    terminate: tell('terminate'),
    kill: tell('kill'),
  };
  return { id, hears, told, usage, handle };
}

/**
 * A supervisor over scripted workers, under a clock that the test turns. Silence is no sign of death unless a test asks.
 *
 * @param {Record<string, unknown>} [options] of the pool
 * @param {{ random?: () => number }} [world]
 */
function supervise(options = {}, { random = () => 0.5 } = {}) {
  const clock = manualClock();
  /** @type {ReturnType<typeof scriptedWorker>[]} */
  const workers = [];
  /** @type {string[]} */
  const events = [];
  /** @type {import('../../lib/workers/launcher').Launcher} */
  const launcher = {
    launch(hears) {
      const worker = scriptedWorker(workers.length + 1, hears);
      workers.push(worker);
      return worker.handle;
    },
  };
  const supervisor = new Supervisor({
    config: poolConfig({ script: 'worker.js', threads: 1, pingTimeoutMs: 0, ...options }),
    launcher,
    clock,
    random,
    report: ({ type, worker, reason, previous }) => {
      const words = [type, worker.describe().id, previous && `for ${previous.describe().id}`, reason];
      events.push(words.filter((word) => word !== undefined && word !== '').join(' '));
    },
  });
  return {
    clock,
    workers,
    events,
    launcher,
    supervisor,
    /** Starts the pool, all of whose workers become ready. */
    async up() {
      const started = supervisor.start();
      for (const { hears } of [...workers]) hears.ready();
      await started;
      events.length = 0;
    },
    /** What has happened since this was asked last. */
    news: () => events.splice(0),
    /** What `pool.workers` says of each: its id and state. */
    states: () => supervisor.workers.map((worker) => `${worker.describe().id} ${worker.state}`),
  };
}

/**
 * A worker that was asked to drain does so and ends.
 *
 * @param {ReturnType<typeof scriptedWorker>} worker
 */
async function drainAndEnd({ hears }) {
  hears.drained();
  hears.exited({ reason: 'exit code 0' });
  await settled();
}

module.exports = { drainAndEnd, settled, supervise };
