// @ts-check
'use strict';

const { Readable, Transform, pipeline } = require('node:stream');
const zlib = require('node:zlib');
const { compareAll, withoutRequest } = require('../helpers/under-node.js');

/** @typedef {import('../helpers/exchange.js').Listener} Listener */

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
  'informational responses before it': (_req, res, log) => {
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

compareAll(withoutRequest(BODIES));
