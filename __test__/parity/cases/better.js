// @ts-check
'use strict';

const { INVALID_JSON } = require('../expected.js');
const { event, octets, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** Bytes that are no UTF-8. @type {[string, string][]} */
const notUtf8 = [
  ['a byte that begins nothing', '\xff'],
  ['half a character', '\xc3'],
  ['a character that is longer than need be', '\xc0\xaf'],
  ['a surrogate', '\xed\xa0\x80'],
];

/** @type {[string, Buffer][]} */
const malformed = [
  ['a line that is no request', Buffer.from('nonsense\r\n\r\n')],
  [
    'a header without a colon',
    Buffer.from('POST /__runner/task/echo HTTP/1.1\r\nhost: a\r\nnonsense\r\n\r\n'),
  ],
  [
    'a content-length that is no number',
    Buffer.from('POST /__runner/task/echo HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n'),
  ],
  [
    'a chunk whose size is no number',
    Buffer.from(
      'POST /__runner/task/echo HTTP/1.1\r\nhost: a\r\nx-runner-token: secret\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ),
  ],
];

/** Intended improvements on nodeExposure that a single request can show. @type {RawCase[]} */
const better = [
  ...notUtf8.map(([what, bytes]) => ({
    name: `a body that is no UTF-8: ${what}`,
    covers: ['9 10'],
    request: task('echo', Buffer.from(`{"input":"${bytes}"}`, 'latin1')),
    excuse: { row: 10, nodeExposure: { status: 200, body: /\ufffd/ }, native: INVALID_JSON },
  })),
  {
    name: 'an event that is no UTF-8',
    covers: ['9 10'],
    request: event('note', Buffer.from('{"payload":"\xff"}', 'latin1')),
    excuse: { row: 10, nodeExposure: { status: 200 }, native: INVALID_JSON },
  },
  {
    name: 'an octet-stream may be no UTF-8',
    covers: ['4 octet-stream'],
    request: octets('body', Buffer.from('\xff\xfe', 'latin1')),
    expect: { status: 200, body: /"length":2/ },
  },
  ...malformed.map(([what, request]) => ({
    name: `malformed HTTP: ${what}`,
    covers: ['9 11'],
    request,
    excuse: { row: 11, nodeExposure: { status: 400 }, native: { status: 400 } },
  })),
  {
    name: 'headers of 100 kB',
    covers: ['9 11'],
    request: task('echo', '1', { headers: { 'x-long': 'x'.repeat(100_000) } }),
    excuse: { row: 11, nodeExposure: { status: 431 }, native: { status: 431 } },
  },
];

module.exports = better;
