// @ts-check
'use strict';

// Loaded before a snippet of the documentation. A snippet that leaves its server listening, as a service does, would
// never end: its servers are unref'd, and a snippet that waits for SIGTERM gets one when there is nothing else to do.

const { Server } = require('node:net');
const { TunnelServer } = require('@bluelibs/runner-native');

const { listen } = TunnelServer.prototype;
TunnelServer.prototype.listen = async function () {
  const bound = await listen.call(this);
  this.unref();
  return bound;
};

const { listen: listenInNode } = Server.prototype;
Server.prototype.listen = function (/** @type {any[]} */ ...args) {
  return listenInNode.apply(this, /** @type {any} */ (args)).unref();
};

process.once('beforeExit', () => process.emit('SIGTERM'));
