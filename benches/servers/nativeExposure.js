// @ts-check
'use strict';

const { nativeExposure } = require('../../runner');
const { IDLE_MS, ready } = require('./lifecycle');
const { HTTP, runApp } = require('./runner-app');

const native = { limits: { keepAliveTimeoutMs: IDLE_MS } };

runApp(nativeExposure.with({ http: HTTP, native })).then(({ server }) => {
  const address = /** @type {import('node:net').AddressInfo} */ (server?.address());
  ready(address.port);
});
