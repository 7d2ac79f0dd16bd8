// @ts-check
'use strict';

const { nodeExposure } = require('@bluelibs/runner/node');
const { IDLE_MS, ready } = require('./lifecycle');
const { HTTP, runApp } = require('./runner-app');

runApp(nodeExposure.with({ http: HTTP })).then((exposure) => {
  const server = /** @type {import('node:http').Server} */ (exposure.server);
  server.keepAliveTimeout = IDLE_MS;
  ready(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
});
