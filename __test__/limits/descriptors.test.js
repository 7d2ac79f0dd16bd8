// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { test } = require('../helpers/guarded.js');

/** A server that keeps fewer descriptors than come connections; twice. What it logs goes to the standard output. */
const SCRIPT = `
const net = require('node:net');
const { TunnelServer } = require(${JSON.stringify(require.resolve('@bluelibs/runner-native'))});
const error = (message, { error }) => console.log(message, /os error (24|23)/.test(error));
const server = new TunnelServer({ port: 0, logger: { error } });
server.registerTask('ping', () => 'pong');
const ping = (socket) => new Promise((resolve) => {
  socket.once('data', (data) => resolve(String(data).slice(9, 12)));
  socket.once('close', () => resolve('closed'));
  socket.write('POST /__runner/task/ping HTTP/1.1\\r\\nhost: localhost\\r\\ncontent-length: 0\\r\\n\\r\\n');
});
(async () => {
  const { port } = await server.listen();
  const connect = () => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
  for (let episode = 0; episode < 2; episode += 1) {
    const sockets = [];
    for (let socket; (socket = await connect()); ) sockets.push(socket);
    // The last of them wait in the queue of the system until there is a descriptor.
    const last = ping(sockets.at(-1));
    while (sockets.length > 1) sockets.shift().destroy();
    console.log(await last);
    sockets[0].destroy();
  }
  await server.close();
})();
`;

if (process.platform !== 'win32') {
  test('out of file descriptors is said once an episode, and connections are accepted afterwards', async () => {
    const stdout = await new Promise((resolve, reject) => {
      const child = ['-c', 'ulimit -n 100 && exec "$0" -e "$1"', process.execPath, SCRIPT];
      execFile('sh', child, { timeout: 60_000 }, (error, out, err) =>
        error || err ? reject(error ?? new Error(err)) : resolve(out),
      );
    });
    const episode = 'node.exposure.accept.error true\n200\n';
    assert.equal(stdout, episode.repeat(2));
  });
}
