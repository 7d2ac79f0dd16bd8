// @ts-check
'use strict';

// Two workers of node:cluster, each with a server by hand. They leave with the primary.

const { ready } = require('./lifecycle');
const { createServer } = require('./node-http-server');
const { tasks } = require('./tasks');

/** @type {import('node:cluster').Cluster} */
const cluster = /** @type {any} */ (require('node:cluster')); // Its types only know the import of an ES module.

const WORKERS = 2;

if (cluster.isPrimary) {
  let listening = 0;
  cluster.on('listening', (_, { port }) => {
    listening += 1;
    if (listening === WORKERS) ready(port);
  });
  for (let n = 0; n < WORKERS; n++) cluster.fork();
} else {
  createServer(tasks).listen(0, '127.0.0.1');
}
