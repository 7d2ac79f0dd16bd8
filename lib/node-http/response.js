// @ts-check
'use strict';

const { ServerResponse } = require('node:http');
const { parseHead, statusOf } = require('./head');
const { ALWAYS_FITS, checkNames, parseLength } = require('../streams/headers');

/** @type {any} Node's underscored members are in no declaration */
const node = ServerResponse.prototype;
const { _send, _storeHeader } = node;

const LENGTHS = /^content-length: .*$/gim;

/**
 * Makes a `ServerResponse` of Node over a socket that is not Node's and takes the head and the unframed body. Replaced
 * methods are own properties, since frameworks replace the prototype.
 *
 * Unlike Node's:
 * - Informational responses (`writeContinue`, `writeProcessing`, `writeEarlyHints`) are not sent: the server sends
 *   `100 Continue` itself when the body is read. A status of 1xx for the response itself throws.
 * - Trailers are not sent, and header names are sent in lower case.
 * - A body that is shorter than its content-length cuts the connection; the excess of a longer one is not sent. Both
 *   are logged.
 * - Where both content-length and transfer-encoding were removed, the body is still chunked.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('./socket').CallSocket} socket
 */
function createResponse(req, socket) {
  const options = { highWaterMark: socket.writableHighWaterMark };
  /** @type {any} */
  const res = new /** @type {any} */ (ServerResponse)(req, options);
  res._storeHeader = storeHeader;
  res._send = send;
  res._writeRaw = writeRaw;
  Object.defineProperty(res, 'writableNeedDrain', { get: needsDrain, configurable: true });
  res.assignSocket(socket);
  return /** @type {ServerResponse} */ (res);
}

/**
 * Node's hook for building the head.
 *
 * @this {any}
 * @param {string} firstLine
 * @param {any} headers
 */
function storeHeader(firstLine, headers) {
  const status = statusOf(firstLine);
  if (status < 200) {
    throw Object.assign(new RangeError(`Invalid status code: ${status}`), {
      code: 'ERR_HTTP_INVALID_STATUS_CODE',
    });
  }
  _storeHeader.call(this, firstLine, headers);
  // The core frames the body.
  this.chunkedEncoding = false;
  try {
    const lengths = this._header.match(LENGTHS);
    if (lengths !== null)
      parseLength(lengths.map((/** @type {string} */ line) => line.slice(16)).join(' and '));
    if (this._header.length > ALWAYS_FITS) checkNames(namesIn(this._header));
  } catch (error) {
    this._header = null;
    throw error;
  }
}

/** @param {string} head */
function namesIn(head) {
  const lines = head.split('\r\n').slice(1);
  return [...new Set(lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()))];
}

/**
 * Node's hook for everything that is sent, informational responses excepted. The head goes before the first chunk.
 *
 * @this {any}
 * @param {string | Uint8Array} data
 * @param {any[]} rest encoding, callback, and what later versions add
 */
function send(data, ...rest) {
  if (!this._headerSent && this._header !== null) {
    this._headerSent = true;
    const encoding = rest[0];
    const isJoined = typeof data === 'string' && (encoding === 'utf8' || !encoding);
    if (this.socket?.hasBegun === false) {
      const head = parseHead(this._header, isJoined ? 'utf8' : 'latin1', this._last);
      this.socket.begin(head, this._hasBody ? head.length : undefined);
    }
  }
  return _send.call(this, data, ...rest);
}

/**
 * Node's hook for bytes of a response. Informational responses, which come before its head, are dropped.
 *
 * @this {any}
 * @param {string | Uint8Array} data
 * @param {any} encoding
 * @param {any[]} rest
 */
function writeRaw(data, encoding, ...rest) {
  if (this._headerSent) return node._writeRaw.call(this, data, encoding, ...rest);
  const callback = typeof encoding === 'function' ? encoding : rest[0];
  if (callback) process.nextTick(callback);
  return true;
}

/** @this {any} */
function needsDrain() {
  return !this.destroyed && !this.finished && this.socket?.writableNeedDrain === true;
}

module.exports = { createResponse };
