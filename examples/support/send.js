// @ts-check
'use strict';

/**
 * @typedef {object} Call
 * @property {string} [method] POST where none is given
 * @property {string} path after the base path, such as `task/math.add`
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body] sent as JSON, or as it is when it is a string
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} TextResponse
 * @property {number} status
 * @property {Headers} headers
 * @property {string} text
 * @property {any} json `undefined` for an empty body
 */

/**
 * One request to a tunnel server, as any HTTP client would send it.
 *
 * @param {number} port
 * @param {Call} call
 * @returns {Promise<TextResponse>}
 */
async function send(port, { method = 'POST', path, headers, body, signal }) {
  const response = await fetch(`http://127.0.0.1:${port}/__runner/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? undefined : JSON.parse(text),
  };
}

module.exports = { send };
