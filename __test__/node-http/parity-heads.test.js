// @ts-check
'use strict';

const { compareAll, withoutRequest } = require('../helpers/under-node.js');

/** @typedef {import('../helpers/exchange.js').Listener} Listener */

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

compareAll(withoutRequest(HEADS));
