// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const benches = path.join(__dirname, '..');
const server = (/** @type {string} */ file) => path.join(benches, 'servers', file);
const floor = path.join(benches, 'floor', 'target', 'release', 'floor');

/**
 * Bun's binary comes with its platform package; the `bun` package itself would fetch it in a postinstall script,
 * which is not run here.
 */
function bunBinary() {
  const scope = path.join(benches, 'node_modules', '@oven');
  const found = fs.existsSync(scope) ? fs.readdirSync(scope) : [];
  for (const name of found) {
    const file = path.join(scope, name, 'bin', 'bun');
    if (fs.existsSync(file)) return file;
  }
  return undefined;
}

/**
 * @typedef {object} Peer
 * @property {string} name as on the command line and in the results
 * @property {string} label as in tables and drawings
 * @property {string[]} command
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} javascript whether its main thread runs JavaScript
 * @property {boolean} [ours] whether it is this package
 * @property {boolean} [runner] whether a Runner application is behind it
 * @property {boolean} tunnel whether it is a whole tunnel server, with discovery and error codes
 */

/** @returns {Peer[]} */
function listPeers() {
  const node = process.execPath;
  const env = { NODE_ENV: 'production' };
  return [
    {
      name: 'native',
      label: 'runner-native',
      command: [node, server('native.js')],
      env,
      javascript: true,
      ours: true,
      tunnel: true,
    },
    {
      name: 'nativeExposure',
      label: 'nativeExposure',
      command: [node, server('nativeExposure.js')],
      env,
      javascript: true,
      ours: true,
      runner: true,
      tunnel: true,
    },
    {
      name: 'nodeExposure',
      label: 'nodeExposure',
      command: [node, server('nodeExposure.js')],
      env,
      javascript: true,
      runner: true,
      tunnel: true,
    },
    {
      name: 'node-http',
      label: 'node:http',
      command: [node, server('node-http.js')],
      env,
      javascript: true,
      tunnel: false,
    },
    {
      name: 'fastify',
      label: 'fastify',
      command: [node, server('fastify.js')],
      env,
      javascript: true,
      tunnel: false,
    },
    {
      name: 'bun',
      label: 'Bun.serve',
      command: [bunBinary() ?? 'bun', server('bun.js')],
      env,
      javascript: true,
      tunnel: false,
    },
    { name: 'floor', label: 'axum alone', command: [floor], javascript: false, tunnel: false },
  ];
}

module.exports = { bunBinary, listPeers };
