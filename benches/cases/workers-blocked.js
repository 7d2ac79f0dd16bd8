// @ts-check
'use strict';

const path = require('node:path');
const { Child, startServer } = require('../lib/process');
const { quantile } = require('../lib/stats');
const { verify } = require('../lib/verify');
const { BLOCKED_SETUPS } = require('../lib/worker-setups');
const { SMALL } = require('../lib/workload');

const CLIENTS = 12;

/**
 * The latency of small tasks while one of two workers blocks half of the time. The clients are a process of their own,
 * so that its clock does not wait for the harness.
 * @param {import('../lib/session').Session} session
 */
async function measureBlockedWorker({ settings, log }) {
  const samples = [];
  for (let round = 0; round < settings.rounds; round++) {
    for (const setup of BLOCKED_SETUPS) {
      const latencies = await measure(setup, settings.seconds);
      const sample = {
        ...{ round, peer: setup.name, clients: CLIENTS, samples: latencies.length },
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
        maxMs: Math.max(...latencies),
      };
      samples.push(sample);
      log(
        `round ${round + 1}/${settings.rounds}  One of two workers blocked  ${setup.label}: ` +
          `p99 ${sample.p99Ms.toFixed(2)} ms`,
      );
    }
  }
  return samples;
}

/**
 * @param {import('../lib/worker-setups').Setup} setup
 * @param {number} seconds
 * @returns {Promise<number[]>} in milliseconds
 */
async function measure(setup, seconds) {
  const server = await startServer(setup);
  const file = path.join(__dirname, 'workers-blocked-clients.js');
  const args = [server.port, CLIENTS, seconds].map(String);
  const clients = new Child('the clients', [process.execPath, file, ...args]);
  try {
    await verify(server, SMALL);
    return (await clients.ask('"start"')).latencies;
  } finally {
    await clients.stop();
    await server.child.stop();
  }
}

module.exports = { measureBlockedWorker };
