// @ts-check
'use strict';

const { TunnelError } = require('./lib/errors');
const { TunnelServer } = require('./lib/server');
const { TunnelWorker } = require('./lib/workers/tunnel-worker');
const { version } = require('./package.json');

module.exports = { TunnelError, TunnelServer, TunnelWorker, version };
