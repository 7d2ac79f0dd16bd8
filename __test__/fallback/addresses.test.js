// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const { test } = require('../helpers/guarded.js');
const { startServer } = require('../helpers/server.js');

/** What a listener sees of its connection. @param {any} req @param {any} res */
function listener({ socket }, res) {
  const { localAddress, localFamily, localPort, remoteAddress, remoteFamily, remotePort } = socket;
  const ends = { localAddress, localFamily, localPort, remoteAddress, remoteFamily, remotePort };
  res.end(JSON.stringify({ ...ends, address: socket.address() }));
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<{ seen: any, sent: net.AddressInfo & { localPort?: number } }>}
 */
function ask(host, port) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host, port, agent: false }, async (response) => {
      const localPort = request.socket?.localPort;
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ seen: JSON.parse(text), sent: /** @type {any} */ ({ localPort }) });
    });
    request.on('error', reject);
  });
}

for (const [host, to] of [
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  // Elsewhere the loopback interface has one address.
  ...(process.platform === 'linux' ? [['0.0.0.0', '127.0.0.2']] : []),
  ['::1', '::1'],
  ['::', '::1'],
]) {
  test(`a listener on ${host} sees which address a client of ${to} came to`, async (t) => {
    const auth = { allowAnonymous: true };
    const { port } = await startServer(t, { host, auth, fallback: listener });
    const { seen, sent } = await ask(to, port);
    const family = net.isIPv6(to) ? 'IPv6' : 'IPv4';
    const local = { localAddress: to, localFamily: family, localPort: port };
    const remoteAddress = family === 'IPv6' ? '::1' : '127.0.0.1';
    assert.deepEqual(seen, {
      ...local,
      remoteAddress,
      remoteFamily: family,
      remotePort: sent.localPort,
      address: { address: to, family, port },
    });
  });
}
