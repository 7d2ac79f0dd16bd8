// @ts-check
'use strict';

const { TunnelServer } = require('../..');
const { TOKEN } = require('../lib/workload');
const { IDLE_MS, block, ready } = require('./lifecycle');

// The defaults, except for the timeout of idle connections, and an allow-list as nodeExposure always has one.
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
