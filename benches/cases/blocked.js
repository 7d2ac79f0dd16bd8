// @ts-check
'use strict';

const path = require('node:path');
const { Child, startServer } = require('../lib/process');
const { quantile } = require('../lib/stats');
const { verify } = require('../lib/verify');
const { SMALL } = require('../lib/workload');

const BLOCK_MS = 1000;
const FEWEST_BLOCKS = 3;
const MOST_BLOCKS = 20;

/**
 * The latency of responses that need no JavaScript, while a task blocks the JavaScript thread for a second.
 * @param {import('../lib/session').Session} session
 */
async function measureBlocked({ peers, settings, log }) {
  const samples = [];
  for (const peer of peers.filter(({ tunnel }) => tunnel)) {
    // A peer for contrast responds once per block, so one sample is enough to show that it waits for a second.
    const wanted = peer.ours ? settings.blockedSamples : 1;
    const { blocks, latenciesMs } = await measure(peer, wanted);
    for (const [kind, values] of Object.entries(latenciesMs)) {
      samples.push({
        peer: peer.name,
        kind,
        samples: values.length,
        p50Ms: quantile(values, 0.5),
        p99Ms: quantile(values, 0.99),
        maxMs: Math.max(...values),
      });
    }
    const all = Object.values(latenciesMs).flat();
    log(
      `JS thread blocked  ${peer.label}: ${all.length} responses in ${blocks} s, p99 ${quantile(all, 0.99).toFixed(2)} ms`,
    );
  }
  return samples;
}

/**
 * @param {import('../lib/peers').Peer} peer
 * @param {number} wanted samples of each kind
 */
async function measure(peer, wanted) {
  const server = await startServer(peer);
  const probe = new Child('the probe', [
    process.execPath,
    path.join(__dirname, 'blocked-probe.js'),
    String(server.port),
  ]);
  /** @type {Record<string, number[]>} */
  const latenciesMs = {};
  let blocks = 0;
  try {
    await verify(server, SMALL);
    const { kinds } = await probe.next();
    for (const kind of kinds) latenciesMs[kind] = [];
    const missing = () => kinds.some((/** @type {string} */ kind) => latenciesMs[kind].length < wanted);
    while ((blocks < FEWEST_BLOCKS || missing()) && blocks < MOST_BLOCKS) {
      probe.tell(JSON.stringify({ block: BLOCK_MS }));
      await server.child.next();
      probe.tell(JSON.stringify({ probeFrom: blocks }));
      const response = await probe.next();
      for (const [kind, ms] of response.latencies) latenciesMs[kind].push(ms);
      blocks++;
    }
    if (missing())
      throw new Error(`${peer.name}: fewer than ${wanted} responses of a kind in ${blocks} blocks.`);
  } finally {
    await probe.stop();
    await server.child.stop();
  }
  return { blocks, latenciesMs };
}

module.exports = { measureBlocked };
