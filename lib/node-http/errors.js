// @ts-check
'use strict';

const { clientFault } = require('../client-fault');

/** What Node calls a connection that the other end has left. */
function connectionReset() {
  return clientFault(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
}

module.exports = { connectionReset };
