// @ts-check
'use strict';

const { clientFault } = require('../client-fault');

/** Node's error for a connection that was closed by the other end. */
function connectionReset() {
  return clientFault(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
}

module.exports = { connectionReset };
