// @ts-check
'use strict';

const { TunnelServer } = require('../..');
const { TOKEN } = require('../lib/workload');
const { IDLE_MS, block, ready } = require('./lifecycle');

// The defaults, but for the time that idle connections stay open. The allow-list is what nodeExposure always has.
const server = new TunnelServer({
  port: 0,
  auth: { token: TOKEN },
  allowList: { tasks: ['small', 'echo', 'block'] },
  limits: { keepAliveTimeoutMs: IDLE_MS },
});
server.registerTask('small', (/** @type {{ a: number, b: number }} */ { a, b }) => a + b);
server.registerTask('echo', (input) => input);
server.registerTask('block', block);
server.registerTask('hidden', () => 'no client may call this');
server.listen().then(({ port }) => ready(port));
