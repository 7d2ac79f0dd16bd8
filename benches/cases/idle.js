// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { Child, startServer } = require('../lib/process');
const { residentKb } = require('../lib/proc');
const { verify } = require('../lib/verify');
const { SMALL } = require('../lib/workload');

const SPARE_FILES = 500;
const MOST_ROUNDS = 3;
const WARM_UP = { work: SMALL, connections: 64, seconds: 2 };

/**
 * What an idle keep-alive connection costs the server: each has carried one request and waits for its next.
 * @param {import('../lib/session').Session} session
 */
async function measureIdle({ peers, settings, generator, log }) {
  const openFiles = settings.idleConnections + SPARE_FILES;
  requireOpenFiles(openFiles);
  const samples = [];
  const rounds = Math.min(settings.rounds, MOST_ROUNDS);
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      const sample = await measure(peer, settings.idleConnections, openFiles, generator);
      samples.push({ round, peer: peer.name, ...sample });
      log(
        `round ${round + 1}/${rounds}  Idle connections  ${peer.label}: ${sample.bytesPerConnection} bytes each`,
      );
    }
  }
  return samples;
}

/**
 * @param {import('../lib/peers').Peer} peer
 * @param {number} connections
 * @param {number} openFiles
 * @param {import('../lib/session').Session['generator']} generator
 */
async function measure(peer, connections, openFiles, generator) {
  const server = await startServer(peer, { openFiles });
  const holder = new Child(
    'the connection holder',
    [process.execPath, path.join(__dirname, 'idle-holder.js')],
    {
      openFiles,
    },
  );
  try {
    await verify(server, SMALL);
    await generator.load({ ...WARM_UP, port: server.port });
    const beforeKb = await settledKb(server.pid);
    holder.tell(JSON.stringify({ port: server.port, connections }));
    await holder.next();
    const afterKb = await settledKb(server.pid);
    holder.tell('"count"');
    const { open } = await holder.next();
    if (open !== connections) throw new Error(`${peer.name} closed ${connections - open} idle connections.`);
    const bytesPerConnection = Math.round(((afterKb - beforeKb) * 1024) / connections);
    return { connections, beforeKb, afterKb, bytesPerConnection };
  } finally {
    await holder.stop();
    await server.child.stop();
  }
}

/**
 * Waits until the resident memory is stable for two seconds (at most fifteen), so that the server has freed what it
 * frees for idle connections.
 * @param {number} pid
 */
async function settledKb(pid) {
  let last = residentKb(pid);
  let still = 0;
  for (let tries = 0; tries < 60 && still < 8; tries++) {
    await delay(250);
    const now = residentKb(pid);
    still = Math.abs(now - last) <= 16 ? still + 1 : 0;
    last = now;
  }
  return last;
}

/** @param {number} needed */
function requireOpenFiles(needed) {
  const limit = spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim();
  if (limit === 'unlimited' || Number(limit) >= needed) return;
  throw new Error(
    `Idle connections need ${needed} open files a process, but the hard limit is ${limit} (ulimit -Hn). ` +
      'Raise it (as root: ulimit -n), or pass --connections=<fewer>, or leave the case out with --only.',
  );
}

module.exports = { measureIdle };
