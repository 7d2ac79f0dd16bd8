// @ts-check
'use strict';

const { INTERNAL } = require('../expected.js');
const { octets, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** @param {object} error as `{ name, data?, set? }` */
const typed = (error) => task('throwTyped', JSON.stringify({ input: error }));

/** @type {[string, ReturnType<typeof typed>, RawCase['expect']][]} */
const calls = [
  [
    'with httpCode, data, and all keys in order',
    typed({ name: 'notFound', data: { a: 1, list: [{ b: null }] } }),
    {
      status: 404,
      body: '{"ok":false,"error":{"message":"Told: 1","code":"INTERNAL_ERROR","id":"app.errors.notFound","data":{"a":1,"list":[{"b":null}]},"httpCode":404}}',
    },
  ],
  ['without httpCode', typed({ name: 'plain', data: { a: 1 } }), { status: 500, body: /Told: 1/ }],
  ['of httpCode 500', typed({ name: 'internal', data: { a: 1 } }), { status: 500, body: /"httpCode":500/ }],
  ['of httpCode 418', typed({ name: 'teapot' }), { status: 418 }],
  ['of httpCode 599', typed({ name: 'last' }), { status: 599 }],
  ['of httpCode 200', typed({ name: 'fine' }), { status: 200, body: /"ok":false/ }],
  ['of httpCode 204, which has no body', typed({ name: 'noContent' }), { status: 204 }],
  ['of httpCode 304, which has no body', typed({ name: 'notModified' }), { status: 304 }],
  [
    'with a remedy',
    typed({ name: 'advised', data: { a: 'é"' } }),
    { status: 409, body: /Remediation: Try again/ },
  ],
  ['without a message', typed({ name: 'silent' }), { status: 400, body: /Internal Error/ }],
  ['without data', typed({ name: 'notFound' }), { status: 404, body: /"data":\{\}/ }],
  [
    'whose data has keys that look unsafe',
    typed({ name: 'notFound', data: { a: 1, stack: 's', cause: 'c', sql: 'q' } }),
    { status: 404, body: /"stack":"s"/ },
  ],
  ['with an httpCode of its own', typed({ name: 'notFound', set: { httpCode: 410 } }), { status: 410 }],
  ['with an httpCode that is none', typed({ name: 'notFound', set: { httpCode: 600 } }), { status: 404 }],
  ['with an httpCode of text', typed({ name: 'notFound', set: { httpCode: '410' } }), { status: 404 }],
  ['with a fractional httpCode', typed({ name: 'plain', set: { httpCode: 404.5 } }), { status: 500 }],
  ['with an httpCode of its own alone', typed({ name: 'plain', set: { httpCode: 409 } }), { status: 409 }],
  [
    'with more fields, which stay here',
    typed({
      name: 'notFound',
      set: { code: 'E_MINE', sql: 'select', cause: 'why', stack: 'where', other: 1 },
    }),
    { status: 404, without: /E_MINE|select|why|where|other/ },
  ],
  [
    'with another id, which its name beats',
    typed({ name: 'notFound', set: { id: 'x' } }),
    { status: 404, without: /"x"/ },
  ],
  ['with another name, which is no typed error', typed({ name: 'notFound', set: { name: 'x' } }), INTERNAL],
  [
    'with another message',
    typed({ name: 'plain', set: { message: 'said\n"so"' } }),
    { status: 500, body: /said/ },
  ],
  [
    'whose data is undefined, of 404',
    task('throwTypedWithout', '{"input":{"name":"notFound"}}'),
    { status: 404 },
  ],
  [
    'whose data is undefined, of 500',
    task('throwTypedWithout', '{"input":{"name":"plain"}}'),
    { status: 500, without: /"data"/ },
  ],
  ['whose data is a record', task('throwTypedOdd', '"date"'), { status: 404, body: /"__type":"Date"/ }],
  ['whose data is circular', task('throwTypedOdd', '"circular"'), INTERNAL],
  ['whose data has a function', task('throwTypedOdd', '"function"'), INTERNAL],
  ['that the app does not register', task('throwUnregistered'), INTERNAL],
  ['of a subclass', task('throwSubclass'), { status: 410, body: /special/ }],
  ['of a middleware', task('limited'), { status: 418, body: /middleware/ }],
  ['of a task that takes an octet-stream', octets('throwSubclass', 'bytes'), { status: 410 }],
];

/** What is thrown and is no typed error. */
const others = [
  'error',
  'error that looks typed',
  'error named like a typed one',
  'plain object',
  'string',
  'null',
  'undefined',
  'frozen',
  'circular',
];

/** @type {RawCase[]} */
const errors = [
  ...calls.map(([what, request, expect]) => ({
    name: `a typed error ${what}`,
    covers: ['6 typed error', '5 error'],
    request,
    expect,
  })),
  ...others.map((what) => ({
    name: `thrown: ${what}`,
    covers: ['6 sanitized', '6 INTERNAL_ERROR', '5 error'],
    request: task('throw', JSON.stringify({ input: what })),
    expect: { ...INTERNAL, without: /secret/ },
  })),
  {
    name: 'a cancellation is 499',
    covers: ['6 REQUEST_ABORTED'],
    request: task('throw', '"cancellation"'),
    expect: {
      status: 499,
      body: '{"ok":false,"error":{"message":"Client Closed Request","code":"REQUEST_ABORTED"}}',
    },
  },
  {
    name: 'an error has the headers of JSON',
    covers: ['7 JSON', '7 security', '7 on errors'],
    request: task('throw', '"error"', { headers: { 'x-runner-request-id': 'r-1' } }),
    expect: {
      ...INTERNAL,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-runner-request-id': 'r-1',
        'x-frame-options': 'DENY',
        'access-control-allow-origin': '*',
      },
    },
  },
];

module.exports = errors;
