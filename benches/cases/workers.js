// @ts-check
'use strict';

const { treeCpu } = require('../lib/proc');
const { measureRounds } = require('../lib/rounds');
const { SETUPS } = require('../lib/worker-setups');
const { BURN, SMALL } = require('../lib/workload');

/**
 * Calls in each kind of worker under steady load.
 * @typedef {import('./throughput').Case & { setups: string[] }} Case
 * @type {Case[]}
 */
const CASES = [
  {
    name: 'workers-small',
    label: 'Workers: small task, 64 connections',
    work: SMALL,
    connections: 64,
    setups: SETUPS.map(({ name }) => name),
  },
  {
    name: 'workers-single',
    label: 'Workers: small task, 1 connection',
    work: SMALL,
    connections: 1,
    setups: ['main', 'threads-1', 'processes-1'],
  },
  {
    name: 'workers-burn',
    label: 'Workers: task of 0.2 ms of CPU, 64 connections',
    work: BURN,
    connections: 64,
    setups: SETUPS.map(({ name }) => name),
  },
];

/**
 * @param {import('../lib/session').Session} session
 * @param {Case[]} cases
 */
function measureWorkers(session, cases) {
  const meter = (/** @type {number} */ pid) => {
    const before = treeCpu(pid);
    return () => ({ cpuNs: treeCpu(pid) - before });
  };
  return measureRounds(session, SETUPS, cases, meter, ({ setups }, peer) => setups.includes(peer));
}

module.exports = { CASES, measureWorkers };
