// @ts-check
'use strict';

const http = require('node:http');
const { TOKEN, TOKEN_HEADER } = require('../lib/workload');
const { IDLE_MS } = require('./lifecycle');

/**
 * A server for tasks as one would write it by hand with node:http.
 * @param {Record<string, (input: any) => unknown>} tasks
 */
function createServer(tasks) {
  const byPath = Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [`/__runner/task/${id}`, task]),
  );
  const server = http.createServer((request, response) => {
    const task = byPath[request.url ?? ''];
    if (!task || request.method !== 'POST') return respond(response, 404, { ok: false });
    if (request.headers[TOKEN_HEADER] !== TOKEN) return respond(response, 401, { ok: false });
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      let parsed;
      try {
        parsed = JSON.parse(body.toString('utf8'));
      } catch {
        return respond(response, 400, { ok: false });
      }
      respond(response, 200, { ok: true, result: task(parsed.input) });
    });
  });
  server.keepAliveTimeout = IDLE_MS;
  return server;
}

/**
 * @param {http.ServerResponse} response
 * @param {number} status
 * @param {unknown} value
 */
function respond(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

module.exports = { createServer };
