// @ts-check
'use strict';

const { callTask } = require('./http.js');
const { recordingLogger, startServer } = require('./server.js');
const assert = require('node:assert/strict');

const SANITIZED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/**
 * The response and the log of a task that throws a value.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => unknown} task
 */
async function outcome(t, task) {
  const logger = recordingLogger();
  const { port } = await startServer(t, { logger }, (server) =>
    server.registerTask('t', task).registerTask('alive', () => true),
  );
  const response = await callTask(port, 't', 1, { headers: { 'x-runner-request-id': 'r-1' } });
  assert.equal((await callTask(port, 'alive')).text, '{"ok":true,"result":true}');
  return { status: response.status, text: response.text, log: logger.entries };
}

module.exports = { SANITIZED, outcome };
