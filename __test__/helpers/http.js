// @ts-check
'use strict';

const http = require('node:http');
const { parsedOrUndefined } = require('./parsed.js');

/**
 * @typedef {object} CallOptions
 * @property {number} port
 * @property {string} [method]
 * @property {string} path sent as it is: nothing is resolved, escaped or dropped
 * @property {Record<string, string | string[]>} [headers]
 * @property {string | Buffer} [body] sent with its content-length
 * @property {http.Agent} [agent] without one, every call has a connection of its own
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} TestResponse
 * @property {number} status
 * @property {Record<string, string>} headers lower-case names
 * @property {string[]} rawHeaders names and values in turn, as received
 * @property {string} text
 * @property {any} json the parsed body, `undefined` when it is not JSON
 */

/**
 * One request and its whole response.
 *
 * @param {CallOptions} options
 * @returns {Promise<TestResponse>}
 */
function call({ port, method = 'POST', path, headers = {}, body, agent, signal }) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, method, path, headers, agent: agent ?? false, signal },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(responseOf(response, Buffer.concat(chunks))));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * @param {http.IncomingMessage} response
 * @param {Buffer} bytes
 * @returns {TestResponse}
 */
function responseOf(response, bytes) {
  const text = bytes.toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: /** @type {Record<string, string>} */ (response.headers),
    rawHeaders: response.rawHeaders,
    text,
    json: parsedOrUndefined(text),
  };
}

/**
 * An agent that keeps its connections, and drops them with the test.
 *
 * @param {{ after: (fn: () => void) => void }} t
 * @param {number} [maxSockets]
 */
function keepAliveAgent(t, maxSockets = 1) {
  const agent = new http.Agent({ keepAlive: true, maxSockets });
  t.after(() => agent.destroy());
  return agent;
}

/**
 * Posts a body, with options that take precedence.
 *
 * @param {number} port
 * @param {string} path after the base path
 * @param {string | Buffer} body
 * @param {Record<string, string>} headers
 * @param {Partial<CallOptions>} more
 */
function post(port, path, body, headers, more) {
  return call({ port, path: `/__runner/${path}`, body, ...more, headers: { ...headers, ...more.headers } });
}

const JSON_BODY = { 'content-type': 'application/json' };

/**
 * Calls a task with a JSON body `{ input }`.
 *
 * @param {number} port
 * @param {string} id
 * @param {unknown} [input]
 * @param {Partial<CallOptions>} [more]
 */
function callTask(port, id, input, more = {}) {
  return post(port, `task/${id}`, JSON.stringify({ input }), JSON_BODY, more);
}

/**
 * Emits an event with a JSON body, `{ payload, returnPayload? }` as given.
 *
 * @param {number} port
 * @param {string} id
 * @param {{ payload?: unknown, returnPayload?: unknown }} body
 * @param {Partial<CallOptions>} [more]
 */
function callEvent(port, id, body, more = {}) {
  return post(port, `event/${id}`, JSON.stringify(body), JSON_BODY, more);
}

module.exports = { call, callEvent, callTask, keepAliveAgent, post };
