// @ts-check
'use strict';

const { octets, task } = require('../wire/request.js');
const { file, form, manifest, sentinel } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** @param {string} name @param {Record<string, string>} [headers] */
const respond = (name, headers = { 'x-runner-request-id': 'r-1' }) =>
  task('respond', JSON.stringify({ input: name }), { headers });

const INTERNAL = { status: 500, body: /"message":"Internal Error"/ };
const RESULT = { status: 200, body: '{"ok":true,"result":"a result"}' };

/** @type {[string, RawCase['expect']][]} */
const acts = [
  [
    'writeHead and end',
    { status: 201, body: 'written', headers: { 'x-own': 'yes', 'x-frame-options': null } },
  ],
  ['writeHead with a reason', { status: 202, body: 'told' }],
  ['writeHead with a list', { status: 200, body: 'listed' }],
  ['writeHead with a length', { status: 200, body: '12345', headers: { 'content-length': '5' } }],
  ['setHeader and end', { status: 418, body: 'short and stout ☕' }],
  ['set-cookie twice', { status: 200, body: 'cookies' }],
  ['appended headers', { status: 200, body: '' }],
  [
    'removed headers',
    { status: 200, body: 'less', headers: { 'x-gone': null, 'x-runner-request-id': null } },
  ],
  ['several writes', { status: 200, body: 'one two three' }],
  ['encodings', { status: 200 }],
  ['end alone', { status: 200, body: '' }],
  ['end without a body', { status: 204, body: '' }],
  ['not modified', { status: 304, body: '' }],
  ['end and a result', { status: 200, body: 'written' }],
  ['head first, body after the task', { status: 200, body: 'data: 1\n\ndata: 2\n\n' }],
  ['awaited end', { status: 200, body: 'awaited' }],
  ['awaited finish', { status: 200, body: 'finished' }],
  ['pipeline', { status: 200, body: 'a,b\n1,2\n', headers: { 'content-type': 'text/csv' } }],
  ['large and awaited', { status: 200 }],
  ['status in vain', RESULT],
  ['reason kept', RESULT],
  ['header kept', { ...RESULT, headers: { 'x-own': 'yes' } }],
  ['header kept on an error', { ...INTERNAL, headers: { 'x-own': 'yes' } }],
  ['header kept on a stream', { status: 200, body: 'streamed', headers: { 'x-own': 'yes' } }],
  ['latin header kept', { status: 200, body: /a result ☕/ }],
  ['latin header kept on an event stream', { status: 200 }],
  ['latin header kept on a stream', { status: 200, body: 'streamed' }],
  ['latin header kept on an error', INTERNAL],
  ['latin header and text', { status: 200, body: 'text' }],
  ['latin header and bytes', { status: 200, body: 'bytes' }],
  ['latin header alone', { status: 200, body: '' }],
  ['latin reason kept', { status: 200, body: /a result ☕/ }],
  ['wide header', INTERNAL],
  ['odd headers', RESULT],
  ['header of no value', INTERNAL],
  ['content-type in vain', { ...RESULT, headers: { 'x-frame-options': 'DENY' } }],
  ['vary kept', RESULT],
  ['bad header', INTERNAL],
  ['bad status', INTERNAL],
  ['what is set before', { status: 200, body: /"x-runner-request-id"/ }],
  ['what is set after', { status: 200 }],
];

/** @type {RawCase[]} */
const responses = [
  ...acts.map(([name, expect]) => ({
    name: `a task's own response: ${name}`,
    covers: ['5 own response'],
    request: respond(name),
    expect,
  })),
  {
    name: "a task's own response to a cross-origin call has no CORS headers",
    covers: ['5 own response', '7 origin list'],
    variant: 'cors full',
    request: respond('writeHead and end', { origin: 'https://a.test' }),
    expect: { status: 201, headers: { 'access-control-allow-origin': null, vary: null } },
  },
  {
    name: "a task's own Vary goes together with that of CORS",
    covers: ['5 own response', '7 origin list'],
    variant: 'cors list',
    request: respond('vary kept', { origin: 'https://a.test' }),
    expect: { ...RESULT, headers: { vary: 'accept-encoding, Origin' } },
  },
  {
    name: "a task's own response over HTTP/1.0",
    covers: ['5 own response'],
    request: { ...respond('several writes'), version: '1.0' },
    expect: { status: 200, body: 'one two three' },
  },
  {
    name: "a task's own response to an octet-stream",
    covers: ['5 own response', '4 octet-stream'],
    request: octets('respondToBody', 'upper case, please'),
    expect: { status: 200, body: 'UPPER CASE, PLEASE' },
  },
  {
    name: "a task's own response to a large octet-stream in chunks",
    covers: ['5 own response', '4 octet-stream'],
    request: {
      ...octets('respondToBody'),
      chunks: Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'abc')),
    },
    expect: { status: 200 },
  },
  {
    name: "a task's own response to an upload",
    covers: ['5 own response', '4 multipart'],
    request: form('uploadResponds', [manifest({ file: sentinel('F1') }), file('F1', 'content')]),
    expect: { status: 201, body: 'got 7' },
  },
  {
    name: 'a task that writes a head and throws',
    covers: ['9 1'],
    request: respond('head, then throw'),
    excuse: {
      row: 1,
      nodeExposure: 'never sent',
      native: { status: 200, body: 'the first half', complete: false },
    },
  },
  {
    name: 'a task that ends its response twice',
    covers: ['9 1'],
    request: respond('end twice'),
    excuse: { row: 1, nodeExposure: 'never sent', native: { status: 200, body: 'once' } },
  },
  {
    name: 'a task that ends its response and throws',
    covers: ['9 1'],
    request: respond('end, then throw'),
    excuse: { row: 1, nodeExposure: 'never sent', native: { status: 200, body: 'whole' } },
  },
  {
    name: 'a task that writes, and returns a stream',
    covers: ['9 1'],
    request: respond('head, then a stream'),
    excuse: { row: 1, nodeExposure: 'never sent', native: { complete: false, without: /streamed/ } },
  },
];

module.exports = responses;
