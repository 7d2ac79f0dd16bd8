// @ts-check
'use strict';

const { startServer } = require('./server.js');

const UNAUTHORIZED = '{"ok":false,"error":{"message":"Unauthorized","code":"UNAUTHORIZED"}}';

/**
 * @param {import('node:test').TestContext} t
 * @param {unknown} auth
 * @param {Record<string, unknown>} [more]
 */
async function authServer(t, auth, more = {}) {
  const { port } = await startServer(t, { auth, ...more }, (server) =>
    server.registerTask('echo', (input) => input).registerEvent('note', () => undefined),
  );
  return port;
}

/** A validator that says the same every time, and counts. */
function countingValidator(/** @type {unknown} */ verdict) {
  const validate = () => {
    validate.calls += 1;
    return verdict;
  };
  validate.calls = 0;
  return validate;
}

module.exports = { UNAUTHORIZED, authServer, countingValidator };
