// @ts-check
'use strict';

const { PassThrough, Readable, pipeline } = require('node:stream');
const { compareAll } = require('../helpers/under-node.js');

/** @typedef {import('../helpers/exchange.js').Listener} Listener */
/** @typedef {import('../helpers/exchange.js').Request} Request */

/**
 * Notes the events that are emitted, in order.
 *
 * @param {any} emitter
 * @param {string} name
 * @param {string[]} events
 * @param {(item: string) => void} log
 */
function note(emitter, name, events, log) {
  for (const event of events) emitter.on(event, () => log(`${name} ${event}`));
}

/** @param {any} res @param {(item: string) => void} log */
const noteRes = (res, log) => note(res, 'res', ['prefinish', 'finish', 'close'], log);

/** @param {any} stream */
async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** @type {Record<string, [Request, Listener]>} */
const REQUESTS = {
  'what a request says of itself': [
    { method: 'PUT', path: '/a/b?c=%20d', headers: { 'X-Two': 'b', cookie: 'a=1' }, body: 'x' },
    (req, res, log) => {
      log(req.method, req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor);
      log(req.headers, { ...req.headersDistinct }, req.trailers, req.rawTrailers);
      log(req.aborted, req.statusCode, req.readable, req.readableFlowing, req.destroyed);
      log(req.socket === res.socket, req.connection === req.socket, req.socket.remoteAddress);
      log(req.socket.remoteFamily, typeof req.socket.remotePort, req.socket.encrypted, req.socket.readyState);
      log(req.get === undefined, res.req === req);
      res.end();
    },
  ],
  'a body by events': [
    { method: 'POST', body: 'some text' },
    (req, res, log) => {
      note(req, 'req', ['end', 'close', 'aborted'], log);
      let text = '';
      req.setEncoding('utf8').on('data', (/** @type {string} */ piece) => {
        text += piece;
      });
      req.on('end', () => res.end(text + req.complete));
    },
  ],
  'a body by iteration': [
    { method: 'POST', body: 'some text' },
    async (req, res) => res.end(await textOf(req)),
  ],
  'a body by readable and read': [
    { method: 'POST', body: 'some text' },
    (req, res) => {
      let text = '';
      req.on('readable', () => {
        for (let chunk = req.read(3); chunk !== null; chunk = req.read(3)) text += `${chunk}|`;
        const rest = req.read();
        if (rest !== null) text += rest;
      });
      req.on('end', () => res.end(text));
    },
  ],
  'a body that is piped back': [{ method: 'POST', body: 'some text' }, (req, res) => req.pipe(res)],
  'a body through a pipeline': [
    { method: 'POST', body: 'x'.repeat(100_000) },
    (req, res, log) => pipeline(req, new PassThrough(), res, (/** @type {unknown} */ error) => log(error)),
  ],
  'a body that begins to be read later': [
    { method: 'POST', body: 'some text' },
    (req, res) => setImmediate(() => req.pipe(res)),
  ],
  'a body that is not read': [
    { method: 'POST', body: 'some text' },
    (req, res, log) => {
      note(req, 'req', ['aborted', 'error'], log);
      noteRes(res, log);
      res.end('unread');
    },
  ],
  'a body that is resumed to nowhere': [
    { method: 'POST', body: 'some text' },
    (req, res) => {
      req.resume();
      req.on('end', () => res.end('drained'));
    },
  ],
  'no body, read to its end': [{}, async (req, res) => res.end(`[${await textOf(req)}]`)],
  'no body, with an empty length': [
    { method: 'POST', body: '' },
    async (req, res) => res.end(await textOf(req)),
  ],
  'HEAD with a body': [{ method: 'HEAD' }, (_req, res) => res.end('not sent')],
  'HEAD with writes': [
    { method: 'HEAD' },
    (_req, res, log) => {
      log(res.write('not'));
      res.end('sent', () => log('ended'));
    },
  ],
  'HEAD with a content-length': [
    { method: 'HEAD' },
    (_req, res) => res.writeHead(200, { 'content-length': 12345, etag: '"x"' }).end(),
  ],
  'HEAD with a stream': [{ method: 'HEAD' }, (_req, res) => Readable.from(['a', 'b']).pipe(res)],
  'OPTIONS *': [{ method: 'OPTIONS', path: '*' }, (req, res) => res.end(req.url)],
  DELETE: [{ method: 'DELETE', path: '/thing' }, (req, res) => res.end(req.method)],
};

compareAll(REQUESTS);
