// @ts-check
'use strict';

const path = require('node:path');

const server = (/** @type {string} */ file) => path.join(__dirname, '..', 'servers', file);
const workers = server('workers.js');
const env = { NODE_ENV: 'production' };

/**
 * The same handlers where they can run: on the main thread, in workers of this package, and in those of node:cluster.
 * @typedef {import('./peers').Peer} Setup
 * @type {Setup[]}
 */
const SETUPS = [
  setup('main', 'main thread', [workers, 'main']),
  setup('threads-1', '1 thread', [workers, 'threads', '1']),
  setup('threads-2', '2 threads', [workers, 'threads', '2']),
  setup('processes-1', '1 process', [workers, 'processes', '1']),
  setup('processes-2', '2 processes', [workers, 'processes', '2']),
  setup('cluster-2', 'node:cluster, 2 workers', [server('node-cluster.js')]),
];

/** Two workers, one of which blocks half of the time. */
const BLOCKED_SETUPS = [
  setup('threads-2', '2 threads', [workers, 'threads', 'one-blocks']),
  setup('processes-2', '2 processes', [workers, 'processes', 'one-blocks']),
];

/**
 * @param {string} name as in the results
 * @param {string} label as in tables
 * @param {string[]} args
 * @returns {Setup}
 */
function setup(name, label, args) {
  return { name, label, command: [process.execPath, ...args], env, javascript: true, tunnel: true };
}

module.exports = { BLOCKED_SETUPS, SETUPS };
