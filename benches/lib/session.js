// @ts-check
'use strict';

const { CASES, measureThroughput } = require('../cases/throughput');
const { measureIdle } = require('../cases/idle');
const { measureBlocked } = require('../cases/blocked');
const { measureTransfer } = require('../cases/transfer');
const { CASES: WORKER_CASES, measureWorkers } = require('../cases/workers');
const { measureBlockedWorker } = require('../cases/workers-blocked');
const { describeMachine, describeVersions } = require('./machine');

/**
 * @typedef {object} Session
 * @property {import('./peers').Peer[]} peers
 * @property {import('./options').Settings} settings
 * @property {ReturnType<typeof import('./load').findLoadGenerator>} generator
 * @property {(line: string) => void} log
 */

/**
 * Measures the selected cases, and returns the raw results.
 * @param {import('./peers').Peer[]} allPeers
 * @param {import('./options').Settings} settings
 * @param {Session['generator']} generator
 * @param {(line: string) => void} log
 */
async function measureAll(allPeers, settings, generator, log) {
  const peers = allPeers.filter(({ name }) => settings.peers.includes(name));
  const asked = (/** @type {{ name: string }} */ { name }) => settings.cases.includes(name);
  const session = { peers, settings, generator, log };
  const cases = CASES.filter(asked);
  const workerCases = WORKER_CASES.filter(asked);
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: describeVersions(generator),
    settings,
    throughput: cases.length ? await measureThroughput(session, cases) : [],
    idle: asked({ name: 'idle' }) ? await measureIdle(session) : [],
    blocked: asked({ name: 'blocked' }) ? await measureBlocked(session) : [],
    transfer: asked({ name: 'transfer' }) ? await measureTransfer(session) : [],
    workers: workerCases.length ? await measureWorkers(session, workerCases) : [],
    blockedWorker: asked({ name: 'workers-blocked' }) ? await measureBlockedWorker(session) : [],
  };
}

/** @typedef {Awaited<ReturnType<typeof measureAll>>} Results */

module.exports = { measureAll };
