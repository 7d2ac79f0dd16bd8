// @ts-check
'use strict';

/**
 * A request as cases write it.
 *
 * @typedef {object} RequestSpec
 * @property {string} [method] POST without it
 * @property {string} path sent as it is
 * @property {Record<string, string | string[] | null>} [headers] latin1 text; a list is sent as several lines, null takes
 *   a header of the defaults away
 * @property {string | Buffer} [body] sent with its content-length; text as UTF-8
 * @property {(string | Buffer)[]} [chunks] sent chunked, instead of `body`
 * @property {string} [version] of HTTP, 1.1 without it
 */

/** What every request has unless it says otherwise. The host is the same on both sides, whatever their ports. */
const DEFAULTS = { host: 'parity.test', 'x-runner-token': 'secret' };

/**
 * @param {RequestSpec} spec
 * @returns {Buffer}
 */
function requestBytes({ method = 'POST', path, headers = {}, body, chunks, version = '1.1' }) {
  const framing = chunks
    ? { 'transfer-encoding': 'chunked' }
    : body === undefined
      ? {}
      : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...DEFAULTS, ...framing, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  const head = Buffer.from(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`, 'latin1');
  if (chunks) return Buffer.concat([head, ...chunks.map(chunkOf), Buffer.from('0\r\n\r\n')]);
  return body === undefined ? head : Buffer.concat([head, Buffer.from(body)]);
}

/** @param {string | Buffer} content */
function chunkOf(content) {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/**
 * A call of a task with a JSON body that is sent as it is written.
 *
 * @param {string} id
 * @param {string | Buffer} [body]
 * @param {Partial<RequestSpec>} [more]
 * @returns {RequestSpec}
 */
function task(id, body, more = {}) {
  return { path: `/__runner/task/${id}`, body, ...more, headers: { ...jsonType(body), ...more.headers } };
}

/**
 * @param {string} id
 * @param {string | Buffer} [body]
 * @param {Partial<RequestSpec>} [more]
 * @returns {RequestSpec}
 */
function event(id, body, more = {}) {
  return { path: `/__runner/event/${id}`, body, ...more, headers: { ...jsonType(body), ...more.headers } };
}

/**
 * A call of a task with an octet-stream as its body.
 *
 * @param {string} id
 * @param {string | Buffer} [body]
 * @param {Partial<RequestSpec>} [more]
 * @returns {RequestSpec}
 */
function octets(id, body, more = {}) {
  const headers = { 'content-type': 'application/octet-stream', ...more.headers };
  return { path: `/__runner/task/${id}`, body, ...more, headers };
}

/** @param {string | Buffer | undefined} body @returns {Record<string, string>} */
function jsonType(body) {
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

module.exports = { event, octets, requestBytes, task };
