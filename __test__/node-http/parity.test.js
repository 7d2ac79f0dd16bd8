// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { PassThrough, Readable, Transform, pipeline } = require('node:stream');
const zlib = require('node:zlib');
const { underExchange, underNode } = require('../helpers/exchange.js');
const { test } = require('../helpers/guarded.js');

/** @typedef {import('../helpers/exchange.js').Listener} Listener */
/** @typedef {import('../helpers/exchange.js').Request} Request */

/**
 * Notes which events come, in their order.
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
 * What a call throws, by its code.
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

/** @param {any} stream */
async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** @type {Record<string, Listener>} */
const HEADS = {
  'end alone': (_req, res) => res.end(),
  'end with a string': (_req, res) => res.end('hello'),
  'end with a buffer': (_req, res) => res.end(Buffer.from('hello')),
  'end with a Uint8Array': (_req, res) => res.end(new TextEncoder().encode('hello')),
  'end with characters of several bytes': (_req, res) => res.end('héllo wörld €'),
  'end with latin1': (_req, res) => res.end('h\xe9llo', 'latin1'),
  'end with base64': (_req, res) => res.end('aGVsbG8=', 'base64'),
  'end with hex': (_req, res) => res.end('68656c6c6f', 'hex'),
  'end with an empty string': (_req, res) => res.end(''),
  'a status': (_req, res) => {
    res.statusCode = 418;
    res.end('teapot');
  },
  'a status message': (_req, res) => {
    res.statusMessage = 'Fine';
    res.end('x');
  },
  'headers by setHeader': (_req, res) => {
    res.setHeader('X-One', '1');
    res.setHeader('x-two', ['a', 'b']);
    res.setHeader('x-number', 7);
    res.end('x');
  },
  'headers by appendHeader': (_req, res) => {
    res.appendHeader('x-one', 'a').appendHeader('x-one', ['b', 'c']);
    res.end('x');
  },
  'headers by writeHead with an object': (_req, res) => {
    res.writeHead(201, { 'X-One': '1', 'content-type': 'text/plain' });
    res.end('x');
  },
  'headers by writeHead with a list': (_req, res) => {
    res.writeHead(201, ['x-one', '1', 'x-one', '2']);
    res.end('x');
  },
  'headers by writeHead with a reason': (_req, res) => {
    res.writeHead(202, 'Sure', { 'x-one': '1' });
    res.end('x');
  },
  'headers by both': (_req, res) => {
    res.setHeader('x-one', 'first');
    res.setHeader('x-two', 'kept');
    res.writeHead(200, { 'x-one': 'second' });
    res.end('x');
  },
  'a header that is removed': (_req, res) => {
    res.setHeader('x-one', '1');
    res.removeHeader('x-one');
    res.end('x');
  },
  'several cookies': (_req, res) => {
    res.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly']);
    res.end('x');
  },
  'an empty header': (_req, res) => {
    res.setHeader('x-empty', '');
    res.end('x');
  },
  'a header with spaces and colons': (_req, res) => {
    res.setHeader('x-time', 'at: 12:30: sharp');
    res.end('x');
  },
  'a header in latin1 before bytes': (_req, res) => {
    res.setHeader('x-name', 'caf\xe9');
    res.end(Buffer.from('x'));
  },
  'a header in latin1 before a string': (_req, res) => {
    res.setHeader('x-name', 'caf\xe9');
    res.end('x');
  },
  'a header in latin1 before nothing': (_req, res) => {
    res.setHeader('x-name', 'caf\xe9');
    res.end();
  },
  'a content-disposition in bytes': (_req, res) => {
    res.setHeader('content-disposition', `attachment; filename="${Buffer.from('ü').toString('latin1')}.txt"`);
    res.end('text');
  },
  'a large header': (_req, res) => {
    res.setHeader('x-large', 'y'.repeat(12_000));
    res.end('x');
  },
  'a hundred headers': (_req, res) => {
    for (let i = 0; i < 100; i += 1) res.setHeader(`x-${i}`, String(i));
    res.end('x');
  },
  'connection: close': (_req, res) => {
    res.setHeader('connection', 'close');
    res.end('x');
  },
  'Connection: Close by writeHead': (_req, res) => {
    res.writeHead(200, { Connection: 'Close' });
    res.end('x');
  },
  'connection: keep-alive': (_req, res) => {
    res.writeHead(200, { connection: 'keep-alive' });
    res.end('x');
  },
  'shouldKeepAlive that is false': (_req, res) => {
    res.shouldKeepAlive = false;
    res.end('x');
  },
  'a transfer-encoding of its own': (_req, res) => {
    res.writeHead(200, { 'transfer-encoding': 'chunked' });
    res.write('a');
    res.end('b');
  },
  'a transfer-encoding with a 204': (_req, res) => {
    res.writeHead(204, { 'transfer-encoding': 'chunked' });
    res.end();
  },
  'a content-length of its own': (_req, res) => {
    res.writeHead(200, { 'content-length': 2 });
    res.write('a');
    res.end('b');
  },
  'a 204': (_req, res) => res.writeHead(204).end(),
  'a 204 with a body': (_req, res) => {
    res.statusCode = 204;
    res.end('dropped');
  },
  'a 304 with an etag': (_req, res) => res.writeHead(304, { etag: '"1"' }).end(),
  'a 304 with a body': (_req, res) => {
    res.statusCode = 304;
    res.write('dropped');
    res.end('dropped too');
  },
  'a redirect': (_req, res) => res.writeHead(302, { location: '/other' }).end(),
};

/** @type {Record<string, Listener>} */
const BODIES = {
  'write and end': (_req, res) => {
    res.write('a');
    res.end('b');
  },
  'writes in several turns': (_req, res) => {
    res.write('a');
    setImmediate(() => {
      res.write('b');
      setImmediate(() => res.end('c'));
    });
  },
  'an end in a later turn': (_req, res) => setImmediate(() => res.end('late')),
  'an empty write': (_req, res, log) => {
    log(res.write(''), res.headersSent);
    res.end('x');
  },
  'flushHeaders, and the body later': (_req, res, log) => {
    res.flushHeaders();
    log(res.headersSent);
    setImmediate(() => res.end('x'));
  },
  'flushHeaders and no body': (_req, res) => {
    res.setHeader('x-one', '1');
    res.flushHeaders();
    res.end();
  },
  'writeHead and nothing until the end': (_req, res, log) => {
    res.writeHead(200);
    log(res.headersSent, res.writableEnded);
    setImmediate(() => res.end());
  },
  'cork and uncork': (_req, res, log) => {
    res.cork();
    res.write('a');
    res.write('b');
    log(res.writableCorked > 0);
    res.uncork();
    res.end('c');
  },
  'many small writes': (_req, res) => {
    for (let i = 0; i < 500; i += 1) res.write(`${i},`);
    res.end();
  },
  'more than the buffer holds': (_req, res) => {
    const again = (/** @type {number} */ left) => {
      for (let i = left; i > 0; i -= 1)
        if (!res.write('z'.repeat(10_000))) return res.once('drain', () => again(i - 1));
      return res.end();
    };
    again(40);
  },
  'a stream that is piped': (_req, res) => Readable.from(['a', 'b', 'c']).pipe(res),
  'a pipeline': (_req, res, log) => {
    pipeline(Readable.from(['a', 'b', 'c']), res, (/** @type {unknown} */ error) => log('done', error));
  },
  'a pipeline with gzip': (_req, res) => {
    res.setHeader('content-encoding', 'identity');
    pipeline(
      Readable.from([Buffer.alloc(50_000, 'q')]),
      zlib.createGzip(),
      zlib.createGunzip(),
      res,
      () => {},
    );
  },
  'an async generator': async (_req, res) => {
    for (const piece of ['a', 'b']) {
      await null;
      res.write(piece);
    }
    res.end();
  },
  'callbacks of write and end': (_req, res, log) => {
    res.write('a', () => log('written'));
    res.end('b', () => log('ended'));
  },
  'callbacks in place of an encoding and a chunk': (_req, res, log) => {
    res.write('a', () => log('written'));
    res.end(() => log('ended'));
  },
  'trailers, which are not compared': (_req, res) => {
    res.setHeader('trailer', 'x-sum');
    res.write('a');
    res.addTrailers({ 'x-sum': '1' });
    res.end();
  },
  'informational answers before it': (_req, res, log) => {
    res.writeProcessing();
    log(res.headersSent);
    res.end('x');
  },
  'a wrapped writeHead, as on-headers does': (_req, res) => {
    const { writeHead } = res;
    res.writeHead = /** @this {any} */ function wrapped(/** @type {any[]} */ ...args) {
      this.setHeader('x-late', '1');
      return writeHead.apply(this, args);
    };
    res.end('x');
  },
  'a wrapped write and end, as compression does': (_req, res) => {
    const { end, write } = res;
    const upper = new Transform({
      transform: (chunk, _encoding, callback) => callback(null, String(chunk).toUpperCase()),
    });
    res.write = (/** @type {any} */ chunk) => upper.write(chunk);
    res.end = (/** @type {any} */ chunk) => upper.end(chunk);
    upper.on('data', (chunk) => write.call(res, chunk));
    upper.on('end', () => end.call(res));
    res.removeHeader('content-length');
    res.write('quiet ');
    res.end('words');
  },
  'a prototype that is put on it': (_req, res) => {
    const prototype = Object.create(Object.getPrototypeOf(res), {
      shout: {
        value: /** @this {any} */ function shout() {
          return this.end('LOUD');
        },
      },
    });
    Object.setPrototypeOf(res, prototype);
    res.shout();
  },
};

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
  'a timeout that somebody listens to': (_req, res, log) => {
    res.setTimeout(5, (/** @type {any} */ socket) => {
      log('timeout', socket === res.socket);
      res.end('slow');
    });
  },
  'a timeout that nobody listens to': (_req, res, log) => {
    noteRes(res, log);
    res.setTimeout(5);
  },
};

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
  'a body that nobody reads': [
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

/** @type {[string, Request, Listener][]} */
const table = [
  ...[HEADS, BODIES, STATES].flatMap((group) =>
    Object.entries(group).map(
      ([name, listener]) => /** @type {[string, Request, Listener]} */ ([name, {}, listener]),
    ),
  ),
  ...Object.entries(REQUESTS).map(
    ([name, [request, listener]]) => /** @type {[string, Request, Listener]} */ ([name, request, listener]),
  ),
];

for (const [name, request, listener] of table) {
  test(`as under node:http: ${name}`, async (t) => {
    const expected = await underNode(t, listener, request);
    assert.deepEqual(await underExchange(listener, request), expected);
  });
}
