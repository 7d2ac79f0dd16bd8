// @ts-check
'use strict';

const http = require('node:http');
const { TOKEN, TOKEN_HEADER } = require('../lib/workload');
const { IDLE_MS, ready } = require('./lifecycle');

/** @type {Record<string, (input: any) => unknown>} */
const tasks = {
  '/__runner/task/small': ({ a, b }) => a + b,
  '/__runner/task/echo': (input) => input,
};

const server = http.createServer((request, response) => {
  const task = tasks[request.url ?? ''];
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

server.keepAliveTimeout = IDLE_MS;
server.listen(0, '127.0.0.1', () =>
  ready(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);
