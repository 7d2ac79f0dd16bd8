// @ts-check
'use strict';

const { startServer } = require('../lib/process');
const { cpuBetween, residentKb, threadCpu } = require('../lib/proc');
const { rotate } = require('../lib/stats');
const { verify } = require('../lib/verify');
const { ECHO, SMALL } = require('../lib/workload');

const WARM_UP_SECONDS = 1;

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
 * All peers are running while one of them is under load, so that peers that are compared are measured seconds, not
 * minutes, apart. Their order changes from round to round, and every round has new processes.
 * @param {import('../lib/session').Session} session
 * @param {Case[]} cases
 */
async function measureThroughput({ peers, settings, generator, log }, cases) {
  const samples = [];
  for (let round = 0; round < settings.rounds; round++) {
    const servers = [];
    try {
      for (const peer of peers) servers.push(await startServer(peer));
      for (const each of cases) {
        for (const server of rotate(servers, round)) {
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
  const before = threadCpu(pid);
  const result = await generator.load({ port, work, connections, seconds });
  const cpu = cpuBetween(pid, before, threadCpu(pid));
  return { ...result, ...cpu, residentKb: residentKb(pid) };
}

module.exports = { CASES, measureThroughput };
