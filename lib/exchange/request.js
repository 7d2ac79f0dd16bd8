// @ts-check
'use strict';

const { IncomingMessage } = require('node:http');
const { connectionReset } = require('./errors');

/**
 * @typedef {object} RequestHead
 * @property {string} method
 * @property {string} url as it was sent
 * @property {string[]} rawHeaders names and values in turn
 */

/**
 * Makes Node's own request over a socket of ours. What Node's prototype would ask of the connection is the
 * request's own: frameworks put prototypes of theirs on it.
 *
 * Unlike Node's, its header names are in lower case in `rawHeaders` too, and it has no trailers.
 *
 * @param {RequestHead} head
 * @param {import('./socket').CallSocket} socket
 * @param {import('../streams/body').BodySource | undefined} source of its body, unless it is read or there is none
 */
function createRequest({ method, url, rawHeaders }, socket, source) {
  /** @type {any} Node's underscored members are in no declaration */
  const req = new IncomingMessage(/** @type {any} */ (socket));
  req.httpVersionMajor = 1;
  req.httpVersionMinor = 1;
  req.httpVersion = '1.1';
  req.method = method;
  req.url = url;
  req._addHeaderLines(rawHeaders, rawHeaders.length);
  req.complete = source === undefined;
  const read = () => {
    if (req.destroyed) return;
    /** @type {Buffer | null | undefined} */
    let chunk = null;
    try {
      if (!req.complete && source !== undefined) chunk = source.next(read);
    } catch {
      // The client is gone, and with it whoever would take the answer.
      socket.leave();
      req.destroy(connectionReset());
      return;
    }
    if (chunk === undefined) return;
    socket.touch();
    if (chunk === null) req.complete = true;
    else socket.bytesRead += chunk.length;
    req.push(chunk);
  };
  req._read = () => {
    if (!req._consuming) {
      // As Node's own does: `_dump` and the stream look at these.
      req._readableState.readingMore = false;
      req._consuming = true;
    }
    read();
  };
  return /** @type {IncomingMessage} */ (req);
}

/**
 * The answer is complete. A body that is being read may be read on; one that nobody reads is let go, so that its
 * client need not send it all.
 *
 * @param {any} req
 * @param {import('../streams/body').BodySource | undefined} source
 */
function releaseRequest(req, source) {
  if (!req.complete && source !== undefined && !hasReader(req)) {
    source.close();
    // A reader that pauses in the middle for ever finds no end, as with Node.
    if (!req._consuming || req.readableFlowing) {
      req.complete = true;
      if (req._consuming) req.push(null);
    }
  }
  // As Node does: 'end' and 'close' come though nobody has read.
  if (!req._consuming && !req._readableState.resumeScheduled) req._dump();
}

/** @param {any} req */
function hasReader(req) {
  return req.listenerCount('data') > 0 || req.listenerCount('readable') > 0;
}

module.exports = { createRequest, releaseRequest };
