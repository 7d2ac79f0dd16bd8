// @ts-check
'use strict';

const { TunnelError } = require('../lib/errors');
const { serveWorker } = require('../lib/worker-process');

module.exports = { TunnelError, serveWorker };
