// @ts-check
'use strict';

const { call } = require('./http.js');
const { recordingLogger, startServer } = require('./server.js');

/**
 * A server with a task `echo`, whose fallback is this listener.
 *
 * @param {import('node:test').TestContext} t
 * @param {(req: any, res: any) => unknown} fallback
 * @param {object} [options]
 */
async function startFallback(t, fallback, options = {}) {
  const logger = recordingLogger();
  const { server, port } = await startServer(t, { fallback, logger, ...options }, (made) => {
    made.registerTask('echo', (/** @type {unknown} */ input) => input);
  });
  /** @type {(path: string, more?: object) => ReturnType<typeof call>} */
  const ask = (path, more = {}) => call({ port, method: 'GET', path, ...more });
  return { server, port, logger, ask };
}

/** @type {(req: any, res: any) => void} */
const tell = (req, res) => res.end(`${req.method} ${req.url}`);

/** Everything that is read of it. @param {AsyncIterable<Buffer>} stream */
async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

module.exports = { bytesOf, startFallback, tell };
