// @ts-check
'use strict';

const { cpuBetween, residentKb, threadCpu } = require('../lib/proc');
const { measureRounds } = require('../lib/rounds');
const { ECHO, SMALL } = require('../lib/workload');

/**
 * Requests per second, CPU time and latency under steady load.
 * @typedef {{ name: string, label: string, work: import('../lib/workload').Work, connections: number }} Case
 * @type {Case[]}
 */
const CASES = [
  { name: 'small-1', label: 'Small task, 1 connection', work: SMALL, connections: 1 },
  { name: 'small-8', label: 'Small task, 8 connections', work: SMALL, connections: 8 },
  { name: 'small-64', label: 'Small task, 64 connections', work: SMALL, connections: 64 },
  { name: 'echo-64', label: '10 KB echo, 64 connections', work: ECHO, connections: 64 },
];

/**
 * @param {import('../lib/session').Session} session
 * @param {Case[]} cases
 */
function measureThroughput(session, cases) {
  return measureRounds(session, session.peers, cases, (pid) => {
    const before = threadCpu(pid);
    return () => ({ ...cpuBetween(pid, before, threadCpu(pid)), residentKb: residentKb(pid) });
  });
}

module.exports = { CASES, measureThroughput };
