// @ts-check
'use strict';

const { startServer } = require('../lib/process');
const { treeCpu } = require('../lib/proc');
const { rotate } = require('../lib/stats');
const { verify } = require('../lib/verify');
const { SETUPS } = require('../lib/worker-setups');
const { BURN, SMALL } = require('../lib/workload');

const WARM_UP_SECONDS = 1;

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
 * As for throughput, all setups are running while one of them is under load, and their order changes.
 * @param {import('../lib/session').Session} session
 * @param {Case[]} cases
 */
async function measureWorkers({ settings, generator, log }, cases) {
  const samples = [];
  for (let round = 0; round < settings.rounds; round++) {
    const servers = [];
    try {
      for (const setup of SETUPS) servers.push(await startServer(setup));
      for (const each of cases) {
        const asked = servers.filter(({ peer }) => each.setups.includes(peer.name));
        for (const server of rotate(asked, round)) {
          const sample = await measure(server, each, settings.seconds, generator);
          samples.push({ case: each.name, round, peer: server.peer.name, ...sample });
          const rate = Math.round(sample.requests / sample.seconds);
          log(`round ${round + 1}/${settings.rounds}  ${each.label}  ${server.peer.label}: ${rate} req/s`);
        }
      }
    } finally {
      await Promise.all(servers.map(({ child }) => child.stop()));
    }
  }
  return samples;
}

/**
 * @param {import('../lib/process').Server} server
 * @param {Case} each
 * @param {number} seconds
 * @param {import('../lib/session').Session['generator']} generator
 */
async function measure(server, { work, connections }, seconds, generator) {
  const { pid, port } = server;
  await verify(server, work);
  await generator.load({ port, work, connections, seconds: WARM_UP_SECONDS });
  const before = treeCpu(pid);
  const result = await generator.load({ port, work, connections, seconds });
  return { ...result, cpuNs: treeCpu(pid) - before };
}

module.exports = { CASES, measureWorkers };
