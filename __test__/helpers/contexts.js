// @ts-check
'use strict';

const { startServer } = require('./server.js');

/**
 * A server that keeps the contexts of task `t`, task `a/b` and event `e`.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} [options]
 */
async function contextServer(t, options = {}) {
  /** @type {import('../../index.js').CallContext[]} */
  const contexts = [];
  const keep = (
    /** @type {unknown} */ _input,
    /** @type {import('../../index.js').CallContext} */ context,
  ) => {
    contexts.push(context);
    return 'done';
  };
  const { port } = await startServer(t, options, (server) =>
    server.registerTask('t', keep).registerTask('a/b', keep).registerEvent('e', keep),
  );
  return { port, contexts };
}

module.exports = { contextServer };
