// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { call, callTask } = require('./http.js');
const { startServer } = require('./server.js');

/**
 * `startServer` with the tasks that the hostile tests look for afterwards: `ping` returns "pong", `echo` its input.
 *
 * @param {Parameters<typeof startServer>[0]} t
 * @param {Record<string, unknown>} [options]
 * @param {(server: any) => void} [setup]
 */
function startProbed(t, options = {}, setup = () => {}) {
  return startServer(t, options, (server) => {
    server.registerTask('ping', () => 'pong');
    server.registerTask('echo', (/** @type {unknown} */ input) => input);
    setup(server);
  });
}

/**
 * Asserts that the server serves the next call, on a connection of its own.
 *
 * @param {number} port
 */
async function assertServes(port) {
  const response = await callTask(port, 'ping');
  assert.equal(response.status, 200, response.text);
  assert.equal(response.text, '{"ok":true,"result":"pong"}');
}

/**
 * Two round trips that need no handler. After them the I/O thread has read what was sent before, even while the
 * JavaScript thread is blocked.
 *
 * @param {number} port
 */
async function roundTrips(port) {
  for (let i = 0; i < 2; i += 1) {
    const response = await call({ port, method: 'GET', path: '/__runner/task/none' });
    assert.equal(response.status, 405);
  }
}

/**
 * The body of an error response.
 *
 * @param {string} message
 * @param {string} code
 */
function errorText(message, code) {
  return JSON.stringify({ ok: false, error: { message, code } });
}

/**
 * The errors that a recording logger got.
 *
 * @param {{ entries: { level: string, message: string, data: any }[] }} logger
 */
function errorsOf(logger) {
  return logger.entries.filter((entry) => entry.level === 'error');
}

module.exports = { startProbed, assertServes, roundTrips, errorText, errorsOf };
