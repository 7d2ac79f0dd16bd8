// @ts-check
'use strict';

const { pipeline } = require('node:stream');
const { compareAll, withoutRequest } = require('../helpers/under-node.js');

/** @typedef {import('../helpers/exchange.js').Listener} Listener */

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

/**
 * The code of the error that a call throws.
 *
 * @param {() => unknown} act
 */
function codeOf(act) {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return /** @type {any} */ (error).code;
  }
}

/** @type {Record<string, Listener>} */
const STATES = {
  'what a response says of itself': (_req, res, log) => {
    const show = () =>
      log([
        res.headersSent,
        res.finished,
        res.writable,
        res.writableEnded,
        res.writableFinished,
        res.writableNeedDrain,
        res.writableCorked,
        res.writableObjectMode,
        res.destroyed,
        res.errored,
        res.closed,
        res.socket !== null,
        res.connection === res.socket,
      ]);
    show();
    res.on('finish', show);
    res.on('close', show);
    res.write('a');
    show();
    setImmediate(() => {
      show();
      res.end();
      show();
    });
  },
  'the order of its events': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['end', 'close', 'aborted', 'error'], log);
    res.end('x', () => log('callback'));
    log('after end');
    process.nextTick(() => log('tick'));
  },
  'the order of its events when it ends later': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['aborted', 'error'], log);
    req.resume();
    req.on('end', () => setImmediate(() => res.end('x')));
  },
  'headers that are read back': (_req, res, log) => {
    res.setHeader('X-One', ['1', '2']);
    log(res.getHeader('x-one'), res.hasHeader('X-ONE'), res.getHeaderNames(), res.getRawHeaderNames());
    log({ ...res.getHeaders() });
    res.end();
    log(res.getHeader('x-one'));
  },
  'what throws once the headers are sent': (_req, res, log) => {
    res.write('x');
    log(codeOf(() => res.setHeader('a', 'b')));
    log(codeOf(() => res.removeHeader('a')));
    log(codeOf(() => res.appendHeader('a', 'b')));
    res.end();
  },
  'what throws of bad headers and chunks': (_req, res, log) => {
    log(codeOf(() => res.setHeader('bad name', 'x')));
    log(codeOf(() => res.setHeader('x', 'line\r\nbreak')));
    log(codeOf(() => res.setHeader('x', undefined)));
    log(codeOf(() => res.setHeader('x', '€')));
    log(codeOf(() => res.writeHead(99)));
    log(codeOf(() => res.writeHead(1000)));
    log(codeOf(() => res.writeHead(200, { 'bad name': 'x' })));
    log(codeOf(() => res.writeHead(200, ['x'])));
    log(codeOf(() => res.write(null)));
    log(codeOf(() => res.write(7)));
    log(codeOf(() => res.end({})));
    res.statusMessage = undefined;
    res.statusCode = 200;
    res.end('still');
  },
  'a write after the end': (_req, res, log) => {
    res.on('error', (/** @type {any} */ error) => log(error.code));
    res.end('x');
    log(res.write('y', (/** @type {any} */ error) => log('callback', error.code)));
  },
  'an end after the end': (_req, res, log) => {
    res.end('x');
    log(res.end() === res);
    res.on('finish', () => res.end((/** @type {any} */ error) => log(error.code)));
  },
  'a content-length that is kept strictly': (_req, res, log) => {
    res.strictContentLength = true;
    res.setHeader('content-length', 1);
    res.write('x');
    log(codeOf(() => res.write('too long')));
    res.strictContentLength = false;
    res.end();
  },
  'destroy before anything': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['aborted', 'close', 'error'], log);
    res.destroy();
    log(res.destroyed, res.write('x'));
  },
  'destroy in the middle': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['aborted', 'close'], log);
    res.write('x');
    setImmediate(() => res.destroy(new Error('enough')));
  },
  'destroy of the request': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['aborted', 'close'], log);
    req.destroy();
  },
  'destroy of the request with an error and a listener': (req, res, log) => {
    req.on('error', (/** @type {any} */ error) => log(error.message));
    note(req, 'req', ['aborted', 'close'], log);
    noteRes(res, log);
    req.destroy(new Error('no more'));
  },
  'destroy of the socket': (req, res, log) => {
    noteRes(res, log);
    note(req, 'req', ['aborted', 'close'], log);
    res.write('x');
    setImmediate(() => req.socket.destroy());
  },
  'a pipeline that fails': (_req, res, log) => {
    async function* pieces() {
      yield 'a';
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('midway');
    }
    noteRes(res, log);
    pipeline(pieces, res, (/** @type {any} */ error) => log(error.message));
  },
  'a timeout with a listener': (_req, res, log) => {
    res.setTimeout(5, (/** @type {any} */ socket) => {
      log('timeout', socket === res.socket);
      res.end('slow');
    });
  },
  'a timeout without a listener': (_req, res, log) => {
    noteRes(res, log);
    res.setTimeout(5);
  },
};

compareAll(withoutRequest(STATES));
