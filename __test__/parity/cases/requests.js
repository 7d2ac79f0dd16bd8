// @ts-check
'use strict';

const { octets, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const OK = { status: 200 };
const COMPLETE = { status: 200, body: /"complete":true/ };
const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256));

/**
 * Octet-streams: what it is, the request, its outcome.
 *
 * @type {[string, ReturnType<typeof octets>, RawCase['expect']][]}
 */
const streams = [
  ['is a stream of its bytes', octets('body', BYTES), { status: 200, body: /"input":"none","length":1000/ }],
  ['may be empty', octets('body', ''), { status: 200, body: /"length":0/ }],
  ['may be absent', octets('body'), { status: 200, body: /"length":0/ }],
  [
    'may come in chunks',
    { ...octets('body'), chunks: [BYTES, BYTES.subarray(1), 'end'] },
    { status: 200, body: /"length":2002/ },
  ],
  [
    'is not JSON, even if it looks so',
    octets('bodyText', '{"input":1}'),
    { status: 200, body: /\{\\"input\\":1\}/ },
  ],
  [
    'may be larger than JSON may',
    octets('body', Buffer.alloc(5_000_000, 'x')),
    { status: 200, body: /5000000/ },
  ],
  ['that is empty is complete though it is not read', octets('bodyIgnored', ''), COMPLETE],
  ['that is absent is complete though it is not read', octets('bodyIgnored'), COMPLETE],
  ['has no limit of JSON', { ...octets('body', BYTES), path: '/__runner/task/body' }, OK],
  ['tells by events', octets('bodyByEvents', BYTES), { status: 200, body: /"length":1000,"complete":true/ }],
  ['may stay unread', octets('bodyUnread', BYTES), { status: 200, body: /not read/ }],
  ['may be read in part', octets('bodyHalf', 'abcdefgh'), { status: 200, body: /abcd/ }],
  [
    'may have parameters',
    octets('body', BYTES, { headers: { 'content-type': 'application/octet-stream;a=b' } }),
    { status: 200, body: /"length":1000/ },
  ],
  [
    'may be in capitals',
    octets('body', BYTES, { headers: { 'content-type': 'Application/OCTET-Stream; a' } }),
    { status: 200, body: /"length":1000/ },
  ],
  [
    'may wait for 100 Continue',
    octets('body', BYTES, { headers: { expect: '100-continue' } }),
    { status: 200, body: /"length":1000/ },
  ],
];

/** @type {RawCase[]} */
const requests = [
  ...streams.map(([what, request, expect]) => ({
    name: `an octet-stream ${what}`,
    covers: ['4 octet-stream'],
    request,
    expect,
  })),
  {
    name: 'an octet-stream of the small-JSON app has no limit',
    covers: ['4 octet-stream', '4 JSON limit'],
    variant: 'small json',
    request: octets('body', BYTES),
    expect: { status: 200, body: /"length":1000/ },
  },
  {
    name: 'a JSON body is read before the task runs: nothing is left of it',
    covers: ['8 exposure context', '4 input key'],
    request: task('body', '{"input":{"a":1}}'),
    expect: { status: 200, body: /"input":\{"a":1\},"length":0/ },
  },
  {
    name: 'the exposure context',
    covers: ['8 exposure context'],
    request: task('where', '{}', {
      path: '/__runner/x/../task//where?a=%20b&c',
      headers: {
        'x-runner-request-id': ' r-1 ',
        'X-Many': ['1', '2'],
        cookie: ['a=1', 'b=2'],
        'x-latin': 'caf\xe9',
        'x-empty': '',
        'user-agent': ['one', 'two'],
      },
    }),
    expect: { status: 200, body: /"basePath":"\/__runner"/ },
  },
  ...['req', 'headers'].flatMap((first) =>
    /** @type {[string, Record<string, string>][]} */ ([
      ['a request id that was made', {}],
      ['a request id that was sent', { 'X-Runner-Request-Id': ' r-1 ', 'x-last': '1' }],
      ['a request id of no use', { 'x-runner-request-id': 'no id', 'x-last': '1' }],
      ['headers of an odd kind', { 'set-cookie': 'a=1', ['__proto__']: '1', constructor: '2' }],
    ]).map(([what, headers]) => ({
      name: `${what}, and ${first} asked for first: the headers are those of req`,
      covers: ['8 exposure context', '7 request id'],
      request: task('headers', JSON.stringify(first), { headers }),
      expect: { status: 200, body: /"same":true/ },
    })),
  ),
  {
    name: 'the exposure context of an absolute target',
    covers: ['8 exposure context'],
    request: task('where', '{}', {
      path: 'http://other.test:81/__runner/task/where?x',
      headers: { 'x-runner-request-id': 'r-1' },
    }),
    expect: { status: 200 },
  },
  {
    name: 'the exposure context over HTTP/1.0',
    covers: ['8 exposure context'],
    request: { ...task('where', '{}', { headers: { 'x-runner-request-id': 'r-1' } }), version: '1.0' },
    expect: { status: 200, body: /"version":"1.0"/ },
  },
  {
    name: 'the exposure context of an octet-stream',
    covers: ['8 exposure context', '4 octet-stream'],
    request: octets('where', 'bytes', { headers: { 'x-runner-request-id': 'r-1' } }),
    expect: { status: 200, body: /"version":"1.1"/ },
  },
];

module.exports = requests;
