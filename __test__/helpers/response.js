// @ts-check
'use strict';

const { parsedOrUndefined } = require('./parsed.js');

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/**
 * @typedef {object} RawResponse
 * @property {number} status
 * @property {string} reason
 * @property {Record<string, string>} headers lower-case names, repeated ones joined by ', '
 * @property {string} body as UTF-8
 * @property {any} json the parsed body, `undefined` when it is not JSON
 */

/**
 * Takes one HTTP/1.1 response off the front of `bytes`.
 *
 * @param {Buffer} bytes
 * @param {{ head: boolean, ended: boolean }} options `ended`: nothing will follow these bytes
 * @returns {{ response: RawResponse, size: number } | undefined} nothing while the response is not whole
 */
function parseResponse(bytes, { head, ended }) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const [statusLine, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine);
  if (!match) throw new Error(`not an HTTP/1 response: ${JSON.stringify(statusLine)}`);
  const status = Number(match[1]);
  const headers = parseHeaders(lines);
  const from = end + HEAD_END.length;
  const body = takeBody(bytes, from, { status, headers, head, ended });
  if (!body) return undefined;
  const text = body.bytes.toString('utf8');
  return {
    response: { status, reason: match[2], headers, body: text, json: parsedOrUndefined(text) },
    size: body.end,
  };
}

/** @param {string[]} lines */
function parseHeaders(lines) {
  /** @type {Record<string, string>} */
  const headers = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/**
 * @param {Buffer} bytes
 * @param {number} from
 * @param {{ status: number, headers: Record<string, string>, head: boolean, ended: boolean }} about
 * @returns {{ bytes: Buffer, end: number } | undefined}
 */
function takeBody(bytes, from, { status, headers, head, ended }) {
  if (head || status < 200 || status === 204 || status === 304) return { bytes: Buffer.alloc(0), end: from };
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return takeChunks(bytes, from);
  if (headers['content-length'] !== undefined) {
    const end = from + Number(headers['content-length']);
    return bytes.length < end ? undefined : { bytes: bytes.subarray(from, end), end };
  }
  return ended ? { bytes: bytes.subarray(from), end: bytes.length } : undefined;
}

/**
 * @param {Buffer} bytes
 * @param {number} from
 */
function takeChunks(bytes, from) {
  const chunks = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + LINE_END.length;
    const next = start + size + LINE_END.length;
    if (bytes.length < next) return undefined;
    if (size === 0) return { bytes: Buffer.concat(chunks), end: next };
    chunks.push(bytes.subarray(start, start + size));
    at = next;
  }
}

module.exports = { parseResponse };
