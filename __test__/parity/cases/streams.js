// @ts-check
'use strict';

const { octets, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** @param {string} name */
const stream = (name) => task('stream', JSON.stringify({ input: name }));

const INTERNAL = { status: 500, body: /"message":"Internal Error"/ };
const OCTETS = { 'content-type': 'application/octet-stream', 'content-length': null };

/** @param {string} vary */
const crossOrigin = (vary) => ({
  status: 200,
  headers: { 'access-control-allow-origin': 'https://a.test', 'access-control-expose-headers': 'x-a', vary },
});

/** @type {[string, string, RawCase['expect']][]} */
const responses = [
  ['5 stream', 'readable', { status: 200, body: 'one two', headers: OCTETS }],
  ['5 stream', 'readable of text', { status: 200, body: 'é 漢', headers: OCTETS }],
  ['5 stream', 'empty', { status: 200, body: '', headers: { ...OCTETS, 'content-length': '0' } }],
  ['5 stream', 'large', { status: 200 }],
  ['5 stream', 'generator', { status: 200, body: 'abc' }],
  ['5 stream', 'passThrough', { status: 200, body: 'first last' }],
  ['5 stream', 'duplex', { status: 200, body: 'duplex' }],
  ['5 stream', 'ended before', { status: 200, body: 'all there' }],
  ['5 stream', 'pipe of its own', { status: 200, body: 'piped by hand' }],
  ['5 stream wrapper', 'wrapper, bare', { status: 200, body: 'wrapped', headers: OCTETS }],
  [
    '5 stream wrapper',
    'wrapper, full',
    { status: 206, body: '{"a":1}', headers: { 'content-type': 'application/json', 'x-own': 'yes' } },
  ],
  [
    '5 forbidden headers',
    'wrapper, forbidden headers',
    {
      status: 200,
      headers: {
        'x-kept': 'yes',
        'set-cookie': null,
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': null,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      },
    },
  ],
  [
    '5 stream wrapper',
    'wrapper, content-type in headers',
    { status: 200, headers: { 'content-type': 'text/html' } },
  ],
  [
    '5 stream wrapper',
    'wrapper, request id in headers',
    { status: 200, headers: { 'x-runner-request-id': 'of-the-task' } },
  ],
  ['5 stream wrapper', 'wrapper, exposed headers', { status: 200, headers: { vary: 'accept' } }],
  ['5 stream wrapper', 'wrapper, length', { status: 200, body: '12345', headers: { 'content-length': '5' } }],
  ['5 stream wrapper', 'wrapper, list of values', { status: 200, headers: { 'x-number': '7' } }],
  ['5 stream wrapper', 'wrapper, bad header', { ...INTERNAL, headers: { 'x-injected': null } }],
  ['5 stream wrapper', 'wrapper, bad header name', INTERNAL],
  ['5 stream wrapper', 'wrapper, no content', { status: 204, body: '' }],
  ['5 stream wrapper', 'wrapper, error status', { status: 503, headers: { 'retry-after': '1' } }],
  ...['wrapper', 'wrapper of text', 'wrapper of nothing'].flatMap(
    (what) =>
      /** @type {typeof responses} */ ([
        ['5 stream wrapper', `${what}, headers: latin`, { status: 200 }],
        ['5 stream wrapper', `${what}, headers: wide`, INTERNAL],
        ['5 stream wrapper', `${what}, headers: undefined`, INTERNAL],
        ['5 stream wrapper', `${what}, headers: null`, { status: 200, headers: { 'x-null': 'null' } }],
        ['5 stream wrapper', `${what}, headers: blank`, { status: 200, headers: { 'x-empty': '' } }],
        ['5 stream wrapper', `${what}, headers: empty name`, INTERNAL],
        ['5 stream wrapper', `${what}, headers: hop-by-hop`, { status: 200, headers: { 'x-own': '1' } }],
      ]),
  ),
  ['5 stream wrapper', 'wrapper, latin contentType', { status: 200 }],
  ['5 stream wrapper', 'wrapper, wide contentType', INTERNAL],
  ['5 stream', 'empty chunk', { status: 200, body: '' }],
  ['5 stream', 'empty at last', { status: 200, body: '', headers: { 'content-length': '0' } }],
  ['5 stream wrapper', 'wrapper, empty with a length', { status: 200, body: '' }],
  ['5 stream wrapper', 'wrapper, null parts', { status: 200, headers: OCTETS }],
];

/** @type {RawCase[]} */
const streams = [
  ...responses.map(([covers, name, expect]) => ({
    name: `a stream: ${name}`,
    covers: [covers],
    request: stream(name),
    expect,
  })),
  {
    name: 'a stream has the headers of its own',
    covers: ['5 stream', '7 security', '7 request id'],
    request: task('stream', '"readable"', { headers: { 'x-runner-request-id': 'r-1' } }),
    expect: {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'transfer-encoding': 'chunked',
        'x-runner-request-id': 'r-1',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'access-control-allow-origin': '*',
      },
    },
  },
  {
    name: 'a stream of a cross-origin call',
    covers: ['5 forbidden headers', '7 origin list', '9 16'],
    variant: 'cors full',
    request: task('stream', '"wrapper, exposed headers"', { headers: { origin: 'https://a.test' } }),
    excuse: { row: 16, nodeExposure: crossOrigin('accept'), native: crossOrigin('accept, Origin') },
  },
  {
    name: 'a stream over HTTP/1.0 ends with the connection',
    covers: ['5 stream'],
    request: { ...stream('readable'), version: '1.0' },
    expect: { status: 200, body: 'one two', headers: { 'transfer-encoding': null } },
  },
  {
    name: 'a stream that responds to an octet-stream',
    covers: ['5 stream', '4 octet-stream'],
    request: octets('streamEcho', Buffer.from([0, 1, 254, 255])),
    expect: { status: 200, headers: OCTETS },
  },
  {
    name: 'a large stream that responds to an octet-stream',
    covers: ['5 stream', '4 octet-stream'],
    request: octets('streamEcho', Buffer.alloc(3_000_000, 'parity')),
    expect: { status: 200 },
  },
  {
    name: 'a stream that fails at once',
    covers: ['9 1'],
    request: stream('fails at once'),
    excuse: { row: 1, nodeExposure: 'never sent', native: INTERNAL },
  },
  {
    name: 'a stream that fails midway',
    covers: ['9 1'],
    request: stream('fails midway'),
    excuse: {
      row: 1,
      nodeExposure: 'never sent',
      native: { status: 200, body: 'the first half', complete: false },
    },
  },
  {
    name: 'a stream of objects',
    covers: ['9 1'],
    request: stream('object mode'),
    excuse: { row: 1, nodeExposure: 'never sent', native: INTERNAL },
  },
];

module.exports = streams;
