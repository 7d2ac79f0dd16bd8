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
 * Makes Node's own request over a socket of ours. What Node's prototype would ask of the connection is the
 * request's own: frameworks put prototypes of theirs on it.
 *
 * Unlike Node's:
 * - Header names are in lower case in `rawHeaders` too, and there are no trailers.
 * - A body that is not being read when the response is complete is let go. Node leaves the connection standing
 *   until it is read.
 * - What is left of a body behind the response breaks off with an error when the client leaves. Node says nothing.
 *
 * @param {RequestHead} head
 * @param {import('./socket').CallSocket} socket
 * @param {import('../streams/body').BodySource | undefined} source of its body, unless it is read or there is none
 * @param {() => void} onBroken the body breaks off: the client has left
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
  /** Takes the next chunk in; true if there is room for more. @param {() => void} again */
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
  // As Node does: what comes is taken in before it is read, as far as there is room. So it shows when the client
  // leaves.
  const fill = () => {
    let room = true;
    while (room && !req._consuming && !req.complete && !req.destroyed) room = take(fill);
  };
  req._read = () => {
    if (!req._consuming) {
      // As Node's own does: `_dump` and the stream look at these.
      req._readableState.readingMore = false;
      req._consuming = true;
    }
    read();
  };
  if (source !== undefined) process.nextTick(fill);
  return /** @type {IncomingMessage} */ (req);
}

/**
 * Whether a head says that no body follows it.
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
 * The headers of a request as `req.headers` of Node has them.
 *
 * @param {string[]} rawHeaders names and values in turn
 */
function nodeHeaders(rawHeaders) {
  const req = /** @type {any} */ (new IncomingMessage(/** @type {any} */ (null)));
  req._addHeaderLines(rawHeaders, rawHeaders.length);
  return /** @type {import('node:http').IncomingHttpHeaders} */ (req.headers);
}

/**
 * The response is complete. A body that is being read may be read on; any other is let go, so that its client need
 * not send it all.
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
      // Left halfway. It is not the client who broke it off: no abort is reported.
      req._destroy = leave;
      req.destroy();
    }
  }
  // As Node does: 'end' and 'close' come though nothing has read.
  if (!req._consuming && !req._readableState.resumeScheduled) {
    // The parser has pushed the end by now, which `_dump` of Node 26 counts on.
    if (req.complete && !req._readableState.ended) req.push(null);
    req._dump();
  }
}

/**
 * @param {Error | null} _error
 * @param {() => void} callback
 */
function leave(_error, callback) {
  callback();
}

/** @param {any} req */
function hasReader(req) {
  return req.listenerCount('data') > 0 || req.listenerCount('readable') > 0;
}

module.exports = { createRequest, isBodiless, nodeHeaders, releaseRequest };
