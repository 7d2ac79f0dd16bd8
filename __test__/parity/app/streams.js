// @ts-check
'use strict';

const { Duplex, PassThrough, Readable } = require('node:stream');
const { ownExposure } = require('./own.js');

/** What the task `stream` may return. @type {Record<string, () => unknown>} */
const streams = {
  readable: () => Readable.from([Buffer.from('one '), Buffer.from('two')]),
  'readable of text': () => Readable.from(['é ', '漢'], { objectMode: false }),
  empty: () => Readable.from([]),
  large: () => Readable.from(Array.from({ length: 64 }, (_, n) => Buffer.alloc(16_384, n))),
  generator: () => Readable.from(pieces()),
  passThrough: () => {
    const pass = new PassThrough();
    pass.write('first ');
    setImmediate(() => pass.end('last'));
    return pass;
  },
  duplex: () => Duplex.from(Readable.from([Buffer.from('duplex')])),
  'ended before': () => {
    const pass = new PassThrough();
    pass.end('all there');
    return pass;
  },
  'pipe of its own': () => ({
    pipe(/** @type {import('node:stream').Writable} */ destination) {
      destination.write('piped ');
      destination.end('by hand');
    },
  }),
  'wrapper, bare': () => ({ stream: Readable.from([Buffer.from('wrapped')]) }),
  'wrapper, full': () => ({
    stream: Readable.from([Buffer.from('{"a":1}')]),
    status: 206,
    contentType: 'application/json',
    headers: { 'x-own': 'yes', 'Content-Disposition': 'attachment; filename="a.json"' },
  }),
  'wrapper, forbidden headers': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: {
      'set-cookie': 'a=b',
      'Set-Cookie': 'c=d',
      'Access-Control-Allow-Origin': 'https://evil.test',
      'access-control-allow-credentials': 'true',
      'X-Content-Type-Options': 'sniff',
      'x-frame-options': 'ALLOW',
      'x-kept': 'yes',
    },
  }),
  'wrapper, content-type in headers': () => ({
    stream: Readable.from([Buffer.from('x')]),
    contentType: 'text/plain',
    headers: { 'Content-Type': 'text/html' },
  }),
  'wrapper, request id in headers': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: { 'x-runner-request-id': 'of-the-task' },
  }),
  'wrapper, exposed headers': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: { 'access-control-expose-headers': 'x-a', vary: 'accept' },
  }),
  'wrapper, length': () => ({
    stream: Readable.from([Buffer.from('12345')]),
    headers: { 'content-length': '5' },
  }),
  'wrapper, list of values': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: { 'x-list': ['a', 'b'], 'x-number': 7 },
  }),
  'wrapper, bad header': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: { 'x-bad': 'a\r\nx-injected: yes' },
  }),
  'wrapper, bad header name': () => ({
    stream: Readable.from([Buffer.from('x')]),
    headers: { 'x bad': 'a' },
  }),
  'wrapper, no content': () => ({ stream: Readable.from([]), status: 204 }),
  'wrapper, error status': () => ({
    stream: Readable.from([Buffer.from('{"why":"busy"}')]),
    status: 503,
    contentType: 'application/json',
    headers: { 'retry-after': '1' },
  }),
  'wrapper, bad status': () => ({ stream: Readable.from([Buffer.from('x')]), status: 1000 }),
  ...Object.fromEntries(
    /** @type {[string, Record<string, any>][]} */ ([
      ['latin', { 'x-latin': 'caf\xe9' }],
      ['wide', { 'x-wide': '☕' }],
      ['undefined', { 'x-undefined': undefined }],
      ['null', { 'x-null': null, 'x-list': [1, null, 'caf\xe9'], 'x-none': [] }],
      ['blank', { 'x-empty': '', 'x-blank': ' a\tb ' }],
      ['empty name', { '': 'a' }],
      ['hop-by-hop', { connection: 'close', 'x-own': '1' }],
    ]).flatMap(([name, headers]) => [
      [`wrapper, headers: ${name}`, () => ({ stream: Readable.from([Buffer.from('x')]), headers })],
      [`wrapper of text, headers: ${name}`, () => ({ stream: Readable.from(['x']), headers })],
      [`wrapper of nothing, headers: ${name}`, () => ({ stream: Readable.from([]), headers })],
    ]),
  ),
  'wrapper, latin contentType': () => ({
    stream: Readable.from([Buffer.from('x')]),
    contentType: 'text/plain; a="\xe9"',
  }),
  'wrapper, wide contentType': () => ({ stream: Readable.from([Buffer.from('x')]), contentType: '☕' }),
  'empty chunk': () => Readable.from([Buffer.alloc(0)]),
  'empty at last': () => Readable.from(nothing()),
  'wrapper, empty with a length': () => ({ stream: Readable.from([]), headers: { 'content-length': '0' } }),
  'wrapper, null parts': () => ({
    stream: Readable.from([Buffer.from('x')]),
    status: null,
    contentType: null,
    headers: null,
  }),
  // Only for the side that survives these.
  'fails at once': () =>
    new Readable({
      read() {
        this.destroy(new Error('secret'));
      },
    }),
  'fails midway': () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('the first half');
        // Lets what was yielded be sent before the stream fails.
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('secret');
      })(),
    ),
  'object mode': () => Readable.from([{ a: 1 }]),
};

async function* nothing() {
  await new Promise((resolve) => setImmediate(resolve));
}

async function* pieces() {
  for (const piece of ['a', 'b', 'c']) {
    await new Promise((resolve) => setImmediate(resolve));
    yield Buffer.from(piece);
  }
}

/**
 * Tasks that respond with streams.
 *
 * @param {import('../app.js').Kit} kit
 */
function streamParts({ task, state }) {
  return [
    task('stream', (name) => streams[name]()),
    /** A stream that is never at its end, and notes when it is given up. */
    task('endless', () => {
      const stream = new Readable({
        read() {
          this.push(Buffer.alloc(1024));
        },
      });
      stream.once('close', () => state.notes.push('stream closed'));
      return stream;
    }),
    task('streamEcho', () => ownExposure().req),
  ];
}

module.exports = { streamParts };
