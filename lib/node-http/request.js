// @ts-check
'use strict';

const { IncomingMessage } = require('node:http');

/**
 * @typedef {object} RequestHead
 * @property {string} method
 * @property {string} url as it was sent
 * @property {string} httpVersion `1.0` or `1.1`
 * @property {string[]} rawHeaders names and values in turn
 */

/**
 * Makes an `IncomingMessage` of Node over a socket that is not Node's. Replaced methods are own properties, since
 * frameworks replace the prototype.
 *
 * Unlike Node's:
 * - Header names are in lower case in `rawHeaders` too, and there are no trailers.
 * - A body that is not being read when the response is complete is closed. Node keeps the connection waiting until it
 *   is read.
 * - A body that is still being read after the response fails with an error if the client leaves. Node reports nothing.
 *
 * @param {RequestHead} head
 * @param {import('./socket').CallSocket} socket
 * @param {import('../streams/body').BodySource | undefined} source of its body; undefined if that is read or empty
 * @param {() => void} onBroken called when the body breaks off because the client has left
 */
function createRequest({ method, url, httpVersion, rawHeaders }, socket, source, onBroken) {
  /** @type {any} Node's underscored members are in no declaration */
  const req = new IncomingMessage(/** @type {any} */ (socket));
  req.httpVersionMajor = 1;
  req.httpVersionMinor = httpVersion === '1.0' ? 0 : 1;
  req.httpVersion = httpVersion;
  req.method = method;
  req.url = url;
  req._addHeaderLines(rawHeaders, rawHeaders.length);
  req.complete = source === undefined;
  /** Pushes the next chunk. Returns whether there is room for more. @param {() => void} again */
  const take = (again) => {
    /** @type {Buffer | null | undefined} */
    let chunk = null;
    try {
      if (!req.complete && source !== undefined) chunk = source.next(again);
    } catch {
      onBroken();
      return false;
    }
    if (chunk === undefined) return false;
    socket.touch();
    if (chunk === null) req.complete = true;
    else socket.bytesRead += chunk.length;
    return req.push(chunk);
  };
  const read = () => {
    if (!req.destroyed) take(read);
  };
  // Buffers chunks before they are read, up to the high-water mark, as Node does: so a client that leaves is noticed.
  const fill = () => {
    let hasRoom = true;
    while (hasRoom && !req._consuming && !req.complete && !req.destroyed) hasRoom = take(fill);
  };
  req._read = () => {
    if (!req._consuming) {
      // As in Node's own `_read`: `_dump` and the stream depend on both.
      req._readableState.readingMore = false;
      req._consuming = true;
    }
    read();
  };
  if (source !== undefined) process.nextTick(fill);
  return /** @type {IncomingMessage} */ (req);
}

/**
 * Whether a head announces no body.
 *
 * @param {RequestHead} head
 */
function isBodiless({ rawHeaders }) {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name === 'transfer-encoding') return false;
    if (name === 'content-length') return Number(rawHeaders[at + 1]) === 0;
  }
  return true;
}

/**
 * The headers of a request as Node's `req.headers`.
 *
 * @param {string[]} rawHeaders names and values in turn
 */
function nodeHeaders(rawHeaders) {
  const req = /** @type {any} */ (new IncomingMessage(/** @type {any} */ (null)));
  req._addHeaderLines(rawHeaders, rawHeaders.length);
  return /** @type {import('node:http').IncomingHttpHeaders} */ (req.headers);
}

/**
 * Releases the body after the response is complete: one that is being read may be read to its end, any other is
 * closed, so that the client need not send all of it.
 *
 * @param {any} req
 * @param {import('../streams/body').BodySource | undefined} source
 */
function releaseRequest(req, source) {
  if (!req.complete && source !== undefined && !hasReader(req)) {
    source.close();
    if (!req._consuming || req.readableFlowing) {
      req.complete = true;
      if (req._consuming) req.push(null);
    } else {
      // Read halfway and left. The client has not aborted it, so no 'aborted' is reported.
      req._destroy = destroySilently;
      req.destroy();
    }
  }
  // As in Node, 'end' and 'close' are emitted even if nothing has read.
  if (!req._consuming && !req._readableState.resumeScheduled) {
    // Node's parser has pushed the end by now; `_dump` of Node 26 relies on it.
    if (req.complete && !req._readableState.ended) req.push(null);
    req._dump();
  }
}

/**
 * @param {Error | null} _error
 * @param {() => void} callback
 */
function destroySilently(_error, callback) {
  callback();
}

/** @param {any} req */
function hasReader(req) {
  return req.listenerCount('data') > 0 || req.listenerCount('readable') > 0;
}

module.exports = { createRequest, isBodiless, nodeHeaders, releaseRequest };
