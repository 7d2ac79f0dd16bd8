// @ts-check
'use strict';

const path = require('node:path');
const { cpuBetween, residentKb, threadCpu, watchResident } = require('../lib/proc');
const { Child, startServer } = require('../lib/process');
const { rotate } = require('../lib/stats');
const { KINDS } = require('../lib/transfer');
const { verify } = require('../lib/verify');
const { SMALL } = require('../lib/workload');

const MB = 2 ** 20;
const WARM_UP_MB = 64;

/**
 * The throughput of one large stream through a Runner application, and by how much the server's memory grows meanwhile.
 * @param {import('../lib/session').Session} session
 */
async function measureTransfer({ peers, settings, log }) {
  const { megabytes, rounds } = settings;
  const exposures = peers.filter(({ runner }) => runner);
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    for (const kind of KINDS) {
      for (const peer of rotate(exposures, round)) {
        const sample = await measure(peer, kind.name, megabytes);
        samples.push({ round, peer: peer.name, kind: kind.name, megabytes, ...sample });
        const speed = Math.round(megabytes / sample.seconds);
        const grown = ((sample.peakKb - sample.beforeKb) / 1024).toFixed(1);
        log(
          `round ${round + 1}/${rounds}  ${megabytes} MB ${kind.label}  ${peer.label}: ${speed} MB/s, ${grown} MB grown`,
        );
      }
    }
  }
  return samples;
}

/**
 * Each transfer has a new server, since garbage of another one would hide growth.
 * @param {import('../lib/peers').Peer} peer
 * @param {string} kind
 * @param {number} megabytes
 */
async function measure(peer, kind, megabytes) {
  const server = await startServer(peer);
  const file = path.join(__dirname, 'transfer-client.js');
  const client = new Child('the transfer client', [process.execPath, file, String(server.port)]);
  try {
    await verify(server, SMALL);
    await client.ask(JSON.stringify({ kind, bytes: Math.min(WARM_UP_MB, megabytes) * MB }));
    const beforeKb = residentKb(server.pid);
    const resident = watchResident(server.pid);
    const before = threadCpu(server.pid);
    const { seconds } = await client.ask(JSON.stringify({ kind, bytes: megabytes * MB }));
    const cpu = cpuBetween(server.pid, before, threadCpu(server.pid));
    return { seconds, beforeKb, peakKb: resident.stop(), ...cpu };
  } finally {
    await client.stop();
    await server.child.stop();
  }
}

module.exports = { measureTransfer };
