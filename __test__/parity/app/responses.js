// @ts-check
'use strict';

const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const { ServerResponse } = require('node:http');
const { ownExposure } = require('./own.js');

/** @typedef {ServerResponse} Res */

/**
 * What the task `respond` may do with the response, and what it returns then.
 *
 * @type {Record<string, (res: Res) => unknown>}
 */
const acts = {
  'writeHead and end': (res) => {
    res.writeHead(201, { 'content-type': 'text/plain', 'x-own': 'yes' });
    res.end('written');
  },
  'writeHead with a reason': (res) => {
    res.writeHead(202, 'Quite Accepted', { 'content-type': 'text/plain' }).end('told');
  },
  'writeHead with a list': (res) => {
    res.writeHead(200, ['x-a', '1', 'x-a', '2']);
    res.end('listed');
  },
  'writeHead with a length': (res) => {
    res.writeHead(200, { 'content-length': 5 });
    res.end('12345');
  },
  'setHeader and end': (res) => {
    res.statusCode = 418;
    res.setHeader('content-type', 'text/plain; charset=utf-8');
    res.end('short and stout ☕');
  },
  'set-cookie twice': (res) => {
    res.setHeader('set-cookie', ['a=1; HttpOnly', 'b=2']);
    res.end('cookies');
  },
  'appended headers': (res) => {
    res.setHeader('x-many', ['1', '2']);
    res.appendHeader('x-many', '3');
    res.end();
  },
  'removed headers': (res) => {
    res.setHeader('x-gone', '1');
    res.removeHeader('x-gone');
    res.removeHeader('x-runner-request-id');
    res.end('less');
  },
  'several writes': (res) => {
    res.write('one ');
    res.write(Buffer.from('two '));
    res.write(new Uint8Array([116, 104]));
    res.end('ree');
  },
  encodings: (res) => {
    res.write('636166c3a9', 'hex');
    res.write('é', 'latin1');
    res.end('w6k=', 'base64');
  },
  'end alone': (res) => {
    res.end();
  },
  'end without a body': (res) => {
    res.writeHead(204).end();
  },
  'not modified': (res) => {
    res.writeHead(304, { etag: '"e"' }).end();
  },
  'end and a result': (res) => {
    res.end('written');
    return 'not written';
  },
  'head first, body after the task': (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.flushHeaders();
    setImmediate(() => {
      res.write('data: 1\n\n');
      setImmediate(() => res.end('data: 2\n\n'));
    });
  },
  'awaited end': (res) => new Promise((resolve) => res.end('awaited', () => resolve('never seen'))),
  'awaited finish': async (res) => {
    const finished = new Promise((resolve) => res.once('finish', () => resolve(undefined)));
    res.end('finished');
    await finished;
  },
  pipeline: async (res) => {
    res.setHeader('content-type', 'text/csv');
    await pipeline(Readable.from([Buffer.from('a,b\n'), Buffer.from('1,2\n')]), res);
  },
  'large and awaited': async (res) => {
    for (let n = 0; n < 64; n += 1) {
      if (!res.write(Buffer.alloc(16_384, n))) await new Promise((resolve) => res.once('drain', resolve));
    }
    res.end();
  },
  'status in vain': (res) => {
    res.statusCode = 202;
    return 'a result';
  },
  'reason kept': (res) => {
    res.statusMessage = 'Fine';
    return 'a result';
  },
  'header kept': (res) => {
    res.setHeader('x-own', 'yes');
    res.setHeader('set-cookie', ['a=1', 'b=2']);
    return 'a result';
  },
  'header kept on an error': (res) => {
    res.setHeader('x-own', 'yes');
    throw new Error('secret');
  },
  'header kept on a stream': (res) => {
    res.setHeader('x-own', 'yes');
    res.setHeader('content-type', 'text/plain');
    return Readable.from([Buffer.from('streamed')]);
  },
  'latin header kept': (res) => {
    res.setHeader('x-latin', 'caf\xe9');
    return 'a result ☕';
  },
  'latin header kept on an event stream': (res) => {
    res.setHeader('x-latin', 'caf\xe9');
    return Readable.from(['data: 1\n\n']);
  },
  'latin header kept on a stream': (res) => {
    res.setHeader('x-latin', 'caf\xe9');
    return Readable.from([Buffer.from('streamed')]);
  },
  'latin header kept on an error': (res) => {
    res.setHeader('x-latin', 'caf\xe9');
    throw new Error('secret');
  },
  'latin header and text': (res) => res.setHeader('x-latin', 'caf\xe9').end('text'),
  'latin header and bytes': (res) => res.setHeader('x-latin', 'caf\xe9').end(Buffer.from('bytes')),
  'latin header alone': (res) => res.writeHead(200, 'Caf\xe9', { 'x-latin': 'caf\xe9' }).end(),
  'latin reason kept': (res) => {
    res.statusMessage = 'Caf\xe9';
    return 'a result ☕';
  },
  'wide header': (res) => res.setHeader('x-wide', '☕'),
  'odd headers': (res) => {
    res.setHeader('x-list', /** @type {any} */ ([1, null]));
    res.setHeader('x-empty', '');
    res.setHeader('x-none', []);
    res.setHeader('x-blank', ' a\tb ');
    return 'a result';
  },
  'header of no value': (res) => res.setHeader('x-undefined', /** @type {any} */ (undefined)),
  'content-type in vain': (res) => {
    res.setHeader('content-type', 'text/plain');
    res.setHeader('x-frame-options', 'ALLOW');
    return 'a result';
  },
  'vary kept': (res) => {
    res.setHeader('vary', 'accept-encoding');
    return 'a result';
  },
  'bad header': (res) => {
    res.setHeader('x-bad', 'a\nb');
    return 'never';
  },
  'bad status': (res) => {
    res.writeHead(99);
  },
  'what is set before': (res) => ({
    names: res.getHeaderNames().sort(),
    id: res.getHeader('x-runner-request-id'),
    sent: res.headersSent,
    ended: res.writableEnded,
    status: res.statusCode,
    real: res instanceof ServerResponse,
  }),
  'what is set after': (res) => {
    res.writeHead(200, { 'x-a': '1' });
    const before = [res.headersSent, res.writableEnded, res.hasHeader('x-a')];
    res.end(JSON.stringify({ before, after: 'end' }));
  },
  // Only for the side that survives these.
  'end twice': (res) => {
    res.end('once');
    res.end('twice');
  },
  'head, then throw': async (res) => {
    res.writeHead(200, { 'content-type': 'text/plain' });
    await new Promise((resolve) => res.write('the first half', resolve));
    throw new Error('secret');
  },
  'end, then throw': (res) => {
    res.end('whole');
    throw new Error('secret');
  },
  'head, then a stream': (res) => {
    res.write('by hand');
    return Readable.from([Buffer.from('streamed')]);
  },
};

/**
 * Tasks that write the response themselves.
 *
 * @param {import('../app.js').Kit} kit
 */
function responseParts({ task }) {
  return [
    task('respond', (name) => acts[name](ownExposure().res)),
    task('respondToBody', async () => {
      const { req, res } = ownExposure();
      res.setHeader('content-type', 'text/plain');
      await pipeline(
        req,
        async function* (chunks) {
          for await (const chunk of chunks) yield String(chunk).toUpperCase();
        },
        res,
      );
    }),
  ];
}

module.exports = { responseParts };
