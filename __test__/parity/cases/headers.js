// @ts-check
'use strict';

const { event, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const NAME = 'x-runner-request-id';

/** The request's id, and whether it is kept; a UUID is made otherwise. @type {[string, string | string[], string | undefined][]} */
const ids = [
  ['every character that may be', 'AZaz09._:-', 'AZaz09._:-'],
  ['one character', '-', '-'],
  ['128 characters', 'x'.repeat(128), 'x'.repeat(128)],
  ['129 characters', 'x'.repeat(129), undefined],
  ['blanks around it', ' \t r-1 \t ', 'r-1'],
  ['nothing', '', undefined],
  ['a blank within', 'r 1', undefined],
  ['a slash', 'r/1', undefined],
  ['a comma', 'a,b', undefined],
  ['bytes beyond ASCII', 'r\xe9', undefined],
  ['two of it', ['a', 'b'], undefined],
];

/** @type {RawCase[]} */
const headers = [
  ...ids.map(([what, value, kept]) => ({
    name: `a request id of ${what} is ${kept === undefined ? 'replaced' : 'kept'}`,
    covers: ['7 request id'],
    request: task('echo', '1', { headers: { [NAME]: value } }),
    expect: { status: 200, ...(kept === undefined ? {} : { headers: { [NAME]: kept } }) },
  })),
  {
    name: 'a request without an id gets one',
    covers: ['7 request id'],
    request: task('echo', '1'),
    expect: { status: 200 },
  },
  {
    name: 'an event has its request id',
    covers: ['7 request id'],
    request: event('note', '{}', { headers: { [NAME]: 'e-1' } }),
    expect: { status: 200, headers: { [NAME]: 'e-1' } },
  },
  {
    name: 'discovery has its request id, and the headers of JSON',
    covers: ['7 request id', '7 JSON', '7 security'],
    request: { method: 'GET', path: '/__runner/discovery', headers: { [NAME]: 'd-1' } },
    expect: { status: 200, headers: { [NAME]: 'd-1', 'x-frame-options': 'DENY' } },
  },
  {
    name: 'no route has its request id, and the headers of JSON',
    covers: ['7 request id', '7 on errors', '7 security'],
    request: { path: '/__runner/none', headers: { [NAME]: 'n-1' } },
    expect: { status: 404, headers: { [NAME]: 'n-1', 'x-content-type-options': 'nosniff' } },
  },
  {
    name: 'a response to HEAD has the length of what it leaves out',
    covers: ['7 JSON'],
    request: { method: 'HEAD', path: '/__runner/task/echo' },
    expect: { status: 405, body: '' },
  },
  {
    name: 'an odd Accept-Encoding changes nothing',
    covers: ['7 JSON'],
    request: task('echo', '1', { headers: { 'accept-encoding': 'gzip, br', accept: 'text/html' } }),
    expect: { status: 200, headers: { 'content-encoding': null } },
  },
];

module.exports = headers;
