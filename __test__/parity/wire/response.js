// @ts-check
'use strict';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A response as received, of which only the framing is decoded.
 *
 * @typedef {object} WireResponse
 * @property {number[]} interim statuses of the 1xx responses before it
 * @property {number} status
 * @property {string} reason
 * @property {[string, string][]} headers lower-case names, in order of arrival
 * @property {Buffer} body
 * @property {boolean} complete whether it has ended; otherwise the connection ended within it
 */

/**
 * Takes the first response off the front of `bytes`.
 *
 * @param {Buffer} bytes
 * @param {{ head: boolean, ended: boolean }} options `head`: no body follows; `ended`: nothing follows these bytes
 * @returns {WireResponse | undefined} nothing while more is to come
 */
function parseResponse(bytes, options) {
  /** @type {number[]} */
  const interim = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(HEAD_END, start);
    if (end < 0) return undefined;
    const [line, ...lines] = bytes.toString('latin1', start, end).split('\r\n');
    const match = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(line);
    if (!match) throw new Error(`not an HTTP/1 response: ${JSON.stringify(line)}`);
    const status = Number(match[1]);
    start = end + HEAD_END.length;
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const headers = lines.map(pairOf);
    const body = bodyOf(bytes.subarray(start), status, new Map(headers), options);
    return body && { interim, status, reason: match[2] ?? '', headers, ...body };
  }
}

/**
 * @param {string} line
 * @returns {[string, string]}
 */
function pairOf(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/**
 * @param {Buffer} bytes
 * @param {number} status
 * @param {Map<string, string>} headers
 * @param {{ head: boolean, ended: boolean }} options
 * @returns {{ body: Buffer, complete: boolean } | undefined}
 */
function bodyOf(bytes, status, headers, { head, ended }) {
  if (head || status === 204 || status === 304) return { body: Buffer.alloc(0), complete: true };
  if (headers.get('transfer-encoding') === 'chunked') {
    const { body, complete } = dechunk(bytes);
    return complete || ended ? { body, complete } : undefined;
  }
  const length = headers.get('content-length');
  if (length === undefined) return ended ? { body: bytes, complete: true } : undefined;
  const complete = bytes.length >= Number(length);
  return complete || ended ? { body: bytes.subarray(0, Number(length)), complete } : undefined;
}

/** @param {Buffer} bytes */
function dechunk(bytes) {
  const chunks = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) {
      chunks.push(bytes.subarray(start, start + size));
      break;
    }
    if (size === 0) return { body: Buffer.concat(chunks), complete: true };
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
  return { body: Buffer.concat(chunks), complete: false };
}

module.exports = { parseResponse };
