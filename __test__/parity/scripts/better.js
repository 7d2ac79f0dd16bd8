// @ts-check
'use strict';

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { connect } = require('../../helpers/raw.js');
const { eventually } = require('../../helpers/guarded.js');
const { startSide } = require('../sides.js');
const { exchange } = require('../wire/exchange.js');
const { requestBytes, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').ScriptCase} ScriptCase */
/** @typedef {import('../sides.js').Side} Side */
/** @typedef {import('node:test').TestContext} TestContext */

/** How many clients leave before the app can look at their calls. */
const LEAVERS = 5;
/** Far longer than clients need to come and go; it ends a test that hangs. */
const HELD_MS = 60_000;

/**
 * Two calls and their responses, after which all effects of an earlier response have happened.
 *
 * @param {TestContext} t
 * @param {Side} side
 */
async function settle(t, side) {
  for (let n = 0; n < 2; n += 1) await exchange(t, side.port, task('echo', '1'));
}

/** @param {TestContext} t @param {Side} side */
async function discovered(t, side) {
  const { body } = await exchange(t, side.port, { method: 'GET', path: `${side.base}/discovery` });
  return JSON.parse(body.toString()).result.allowList.tasks;
}

/**
 * Blocks this thread, and with it the app, while clients send their calls and leave.
 *
 * @param {TestContext} t
 * @param {Side} side
 */
async function leaveWhileHeld(t, side) {
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const bytes = requestBytes(task('count', '{}'));
  // Only the native side responds while it is blocked; by then it has noticed that the clients have left.
  const isProbed = side.name === 'native';
  const worker = new Worker(path.join(__dirname, 'leavers.js'), {
    workerData: { cells, port: side.port, bytes, count: LEAVERS, isProbed },
  });
  t.after(() => worker.terminate());
  await new Promise((resolve) => worker.once('online', resolve));
  worker.postMessage('leave');
  Atomics.wait(cells, 0, 0, HELD_MS);
  if (Atomics.load(cells, 0) !== 1) throw new Error('the clients did not leave');
}

/** @type {ScriptCase[]} */
const better = [
  {
    name: 'after a response written halfway, the error is in the log and the app serves on',
    covers: ['9 1'],
    run: async (side, t) => {
      const before = side.state.log.length;
      await exchange(t, side.port, task('respond', '"head, then throw"'));
      await exchange(t, side.port, task('stream', '"fails midway"'));
      const { status } = await exchange(t, side.port, task('echo', '1'));
      const logged = side.state.log.slice(before).filter(({ level }) => level === 'error');
      return { status, told: logged.map(({ error }) => error) };
    },
    excuse: { row: 1, nodeExposure: 'never run', native: { status: 200, told: ['secret', 'secret'] } },
  },
  {
    name: 'the signal after a normal response',
    covers: ['9 3'],
    run: async (side, t) => {
      const before = side.state.notes.length;
      await exchange(t, side.port, task('watched', '{}'));
      await settle(t, side);
      return side.state.notes.slice(before);
    },
    excuse: { row: 3, nodeExposure: ['aborted'], native: [] },
  },
  {
    name: 'an empty token in the list',
    covers: ['9 4'],
    variant: null,
    run: async (_side, t, name) => {
      try {
        const side = await startSide(name, 'empty token');
        t.after(() => side.stop());
        const response = await exchange(
          t,
          side.port,
          task('echo', '1', { headers: { 'x-runner-token': null } }),
        );
        return response.status;
      } catch (error) {
        return /** @type {any} */ (error).code;
      }
    },
    excuse: { row: 4, nodeExposure: 200, native: 'CONFIG_INVALID' },
  },
  {
    name: 'closing with a connection that is kept and a call that is not answered',
    covers: ['9 8'],
    variant: null,
    run: async (_side, t, name) => {
      const side = await startSide(name, 'plain');
      t.after(() => side.stop());
      const kept = await connect(t, side.port);
      await kept.write(requestBytes(task('echo', '1')));
      await kept.response();
      const waiting = await connect(t, side.port);
      await waiting.write(requestBytes(task('untilAborted', '{}')));
      await eventually(t, () => side.state.notes.includes('started'));
      await side.exposure.close({ timeoutMs: 100 });
      const [first, second] = await Promise.all([kept.closed(), waiting.closed()]);
      return [first.text, second.text];
    },
    excuse: { row: 8, nodeExposure: 'never run', native: ['', ''] },
  },
  {
    name: 'calls whose clients have left before they started',
    covers: ['9 9'],
    run: async (side, t) => {
      const { notes } = side.state;
      const before = notes.length;
      await leaveWhileHeld(t, side);
      await settle(t, side);
      if (side.name === 'nodeExposure') await eventually(t, () => notes.length === before + LEAVERS);
      return notes.length - before;
    },
    excuse: { row: 9, nodeExposure: LEAVERS, native: 0 },
  },
  {
    name: 'a tunnel that changes',
    covers: ['9 12'],
    variant: 'changing',
    run: async (side, t) => {
      const before = await discovered(t, side);
      side.state.tunnel.tasks.push('describe');
      const changed = await discovered(t, side);
      const { status } = await exchange(t, side.port, task('describe', '1'));
      side.exposure.refresh?.();
      await settle(t, side);
      const refreshed = await discovered(t, side);
      const has = [before, changed, refreshed].map((/** @type {string[]} */ ids) => ids.includes('describe'));
      return { has, status };
    },
    excuse: {
      row: 12,
      nodeExposure: { has: [false, true, true], status: 200 },
      native: { has: [false, false, true], status: 403 },
    },
  },
];

module.exports = better;
