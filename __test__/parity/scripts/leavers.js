// @ts-check
'use strict';

// Run as a worker: clients that send a call and leave before it can start, while the main thread is blocked.
const net = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const { call } = require('../../helpers/http.js');

const { cells, port, bytes, count, isProbed } = workerData;

parentPort?.once('message', async () => {
  await Promise.all(Array.from({ length: count }, leave));
  // A client that closes right after its request still gets its response for 250 ms, as `nc -N` needs it.
  const end = performance.now() + 400;
  while (isProbed && performance.now() < end)
    await call({ port, method: 'GET', path: '/__runner/task/none' });
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
});

/** @returns {Promise<void>} once the client is gone */
function leave() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.write(bytes, () => socket.destroy());
  });
}
