// @ts-check
'use strict';

// node workers.js main | threads N | processes N
// With one-blocks in place of N: two workers, one of which blocks half of the time.

const path = require('node:path');
const { TunnelServer } = require('../..');
const { TOKEN } = require('../lib/workload');
const { ready } = require('./lifecycle');
const { tasks } = require('./tasks');

const SCRIPTS = {
  threads: path.join(__dirname, 'worker-thread.js'),
  processes: path.join(__dirname, 'worker-process.js'),
};
const BLOCKS = 'blocks';

async function main() {
  const [kind, count] = process.argv.slice(2);
  const server = new TunnelServer({ port: 0, auth: { token: TOKEN } });
  if (kind === 'main') for (const [id, task] of Object.entries(tasks)) server.registerTask(id, task);
  else if (count === 'one-blocks')
    await Promise.all([start(server, kind, 1), start(server, kind, 1, BLOCKS)]);
  else await start(server, kind, Number(count));
  const { port } = await server.listen();
  ready(port);
}

/**
 * @param {import('../..').TunnelServer} server
 * @param {string} kind
 * @param {number} count
 * @param {string} [mode]
 */
function start(server, kind, count, mode = '') {
  return kind === 'threads'
    ? server.startWorkers({ script: SCRIPTS.threads, threads: count, workerData: mode })
    : server.startWorkers({ script: SCRIPTS.processes, processes: count, args: [mode] });
}

main();
