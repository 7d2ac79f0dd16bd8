// @ts-check
'use strict';

/** What Node calls a connection that the other end has left. */
function connectionReset() {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

module.exports = { connectionReset };
