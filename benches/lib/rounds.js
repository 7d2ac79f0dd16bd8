// @ts-check
'use strict';

const { startServer } = require('./process');
const { rotate } = require('./stats');
const { verify } = require('./verify');

const WARM_UP_SECONDS = 1;

/**
 * Measures cases under steady load on several servers. All are running while one of them is under load, so that
 * those that are compared are measured seconds, not minutes, apart. Their order changes from round to round, and every
 * round has new processes.
 *
 * @template {import('../cases/throughput').Case} C
 * @template {object} U
 * @param {import('./session').Session} session
 * @param {import('./peers').Peer[]} peers
 * @param {C[]} cases
 * @param {(pid: number) => () => U} meter begins to measure a process, and returns what ends it
 * @param {(each: C, peer: string) => boolean} [isMeasured] whether a case concerns a peer
 */
async function measureRounds({ settings, generator, log }, peers, cases, meter, isMeasured = () => true) {
  const samples = [];
  for (let round = 0; round < settings.rounds; round++) {
    const servers = [];
    try {
      for (const peer of peers) servers.push(await startServer(peer));
      for (const each of cases) {
        const measured = servers.filter(({ peer }) => isMeasured(each, peer.name));
        for (const server of rotate(measured, round)) {
          const sample = await measure(server, each);
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

  /**
   * @param {import('./process').Server} server
   * @param {C} each
   */
  async function measure(server, { work, connections }) {
    const { pid, port } = server;
    await verify(server, work);
    await generator.load({ port, work, connections, seconds: WARM_UP_SECONDS });
    const used = meter(pid);
    const result = await generator.load({ port, work, connections, seconds: settings.seconds });
    return { ...result, ...used() };
  }
}

module.exports = { measureRounds };
