// @ts-check
'use strict';

const { call } = require('./http.js');
const { startServer } = require('./server.js');

/**
 * A server whose task `echo` keeps its inputs and gives them back, and whose task `make` returns what it is told to.
 *
 * @param {import('node:test').TestContext} t
 * @param {unknown} [result] of `make`
 */
async function jsonServer(t, result) {
  /** @type {any[]} */
  const inputs = [];
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('echo', (input) => {
        inputs.push(input);
        return input;
      })
      .registerTask('depth', (/** @type {any} */ input) => {
        let depth = 0;
        for (let at = input; at !== undefined; at = Array.isArray(at) ? at[0] : at.a) depth += 1;
        return depth;
      })
      .registerTask('make', () => result)
      .registerEvent('note', () => undefined),
  );
  return {
    inputs,
    /** @param {string} body */
    echo: (body) => call({ port, path: '/__runner/task/echo', body }),
    /** @param {string} body */
    depth: (body) => call({ port, path: '/__runner/task/depth', body }),
    /** @param {string} body */
    note: (body) => call({ port, path: '/__runner/event/note', body }),
    make: () => call({ port, path: '/__runner/task/make' }),
  };
}

module.exports = { jsonServer };
