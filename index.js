// @ts-check
'use strict';

const { TunnelError } = require('./lib/errors');
const { TunnelServer } = require('./lib/server');
const { version } = require('./package.json');

module.exports = { TunnelServer, TunnelError, version };
