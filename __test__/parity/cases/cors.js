// @ts-check
'use strict';

const { event, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const A = 'https://a.test';
const C = 'https://c.test:8443';

/** @param {string | null | string[]} origin @param {Record<string, string>} [more] */
const call = (origin, more = {}) => task('echo', '1', { headers: { origin, ...more } });

/** @param {string | null} origin @param {Record<string, string | string[]>} [more] */
const preflight = (origin, more = {}) => ({
  method: 'OPTIONS',
  path: '/__runner/task/echo',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'x-runner-token,Content-Type',
    ...more,
  },
});

/** @param {string | null} origin @param {string | null} [vary] @param {Record<string, string | null>} [more] */
const allows = (origin, vary = null, more = {}) => ({
  'access-control-allow-origin': origin,
  vary,
  ...more,
});

/**
 * Each variant with each origin: what an actual call and its preflight may carry.
 *
 * @type {[string, string, string | null, Record<string, string | null>][]}
 */
const origins = [
  ['7 origin by default', 'plain', A, allows('*')],
  ['7 origin by default', 'plain', null, allows('*')],
  ['7 origin by default', 'cors empty', A, allows('*')],
  ['7 origin string', 'cors string', A, allows(A)],
  ['7 origin string', 'cors string', C, allows(A)],
  ['7 origin string', 'cors string', null, allows(A)],
  ['7 credentials', 'cors star', A, allows('*', null, { 'access-control-allow-credentials': 'true' })],
  ['7 origin list', 'cors list', A, allows(A, 'Origin', { 'access-control-allow-credentials': 'true' })],
  ['7 origin list', 'cors list', C, allows(null, 'Origin', { 'access-control-allow-credentials': 'true' })],
  ['7 origin list', 'cors list', null, allows(null, 'Origin')],
  ['7 origin list', 'cors list', 'HTTPS://A.TEST', allows(null, 'Origin')],
  ['7 origin list', 'cors empty list', A, allows(null, 'Origin')],
  ['7 origin RegExp', 'cors regexp', A, allows(A, 'Origin')],
  ['7 origin RegExp', 'cors regexp', 'HTTPS://Z.test', allows('HTTPS://Z.test', 'Origin')],
  ['7 origin RegExp', 'cors regexp', C, allows(null, 'Origin')],
  ['7 origin RegExp', 'cors regexp', null, allows(null, 'Origin')],
  ['7 origin function', 'cors function', A, allows('https://other.test', 'Origin')],
  ['7 origin function', 'cors function', C, allows(null, 'Origin')],
  ['7 origin function', 'cors function', 'https://none.test', allows(null, 'Origin')],
  ['7 origin function', 'cors function', null, allows('https://nobody.test', 'Origin')],
  [
    '7 credentials without origin',
    'cors credentials only',
    A,
    allows(null, 'Origin', { 'access-control-allow-credentials': 'true' }),
  ],
  ['7 vary off', 'cors without vary', A, allows(A)],
  ['7 vary off', 'cors without vary', C, allows(null)],
  ['7 credentials', 'cors full', A, allows(A, 'Origin', { 'access-control-allow-credentials': 'true' })],
  ['7 origin by default', 'cors empty lists', A, allows('*')],
];

/** @type {[string, string, import('../wire/request.js').RequestSpec, Record<string, string | null>][]} */
const preflights = [
  [
    '7 methods',
    'plain',
    preflight(A),
    {
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'x-runner-token,Content-Type',
      'access-control-max-age': null,
      'content-length': '0',
    },
  ],
  [
    '7 allowed headers',
    'plain',
    preflight(A, { 'access-control-request-headers': '' }),
    { 'access-control-allow-headers': null },
  ],
  [
    '7 allowed headers',
    'plain',
    preflight(A, { 'access-control-request-headers': ['a', 'b'] }),
    { 'access-control-allow-headers': 'a, b' },
  ],
  [
    '7 allowed headers',
    'plain',
    preflight(A, { 'access-control-request-headers': ' x-\xe9 , b ' }),
    { 'access-control-allow-headers': 'x-\xe9 , b' },
  ],
  [
    '7 max age',
    'cors full',
    preflight(A),
    {
      'access-control-allow-methods': 'POST, GET',
      'access-control-allow-headers': 'x-runner-token, content-type',
      'access-control-max-age': '600',
      'access-control-expose-headers': null,
    },
  ],
  [
    '7 methods',
    'cors empty lists',
    preflight(A),
    {
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'x-runner-token,Content-Type',
      'access-control-max-age': '0',
    },
  ],
];

/** Errors that a page of another origin must be able to read. @type {[string, import('../wire/request.js').RequestSpec, number][]} */
const failures = [
  ['401', call(A, { 'x-runner-token': 'wrong' }), 401],
  ['403', task('hidden', '1', { headers: { origin: A } }), 403],
  ['404', { path: '/__runner/none', headers: { origin: A } }, 404],
  ['405', { method: 'GET', path: '/__runner/task/echo', headers: { origin: A } }, 405],
  ['400', task('echo', '{', { headers: { origin: A } }), 400],
  ['413', task('echo', `"${'x'.repeat(2 * 1024 * 1024)}"`, { headers: { origin: A } }), 413],
  ['500', task('throw', '"error"', { headers: { origin: A } }), 500],
  ['a typed error', task('throwSubclass', '1', { headers: { origin: A } }), 410],
  ['499', task('throw', '"cancellation"', { headers: { origin: A } }), 499],
  ['a failing event', event('fails', '{}', { headers: { origin: A } }), 500],
  ['a parallel event', event('fan', '{"returnPayload":1}', { headers: { origin: A } }), 400],
  ['a result that nothing carries', task('result', '"circular"', { headers: { origin: A } }), 500],
  ['discovery', { method: 'GET', path: '/__runner/discovery', headers: { origin: A } }, 200],
];

/** @type {RawCase[]} */
const cors = [
  ...origins.flatMap(([covers, variant, origin, headers]) => [
    {
      name: `a call from ${origin ?? 'no origin'} (${variant})`,
      covers: [covers],
      variant,
      request: call(origin),
      expect: { status: 200, headers },
    },
    {
      name: `a preflight from ${origin ?? 'no origin'} (${variant})`,
      covers: [covers],
      variant,
      request: preflight(origin),
      expect: { status: 204, headers },
    },
  ]),
  ...preflights.map(([covers, variant, request, headers], n) => ({
    name: `what a preflight allows, ${n + 1} (${variant})`,
    covers: [covers],
    variant,
    request,
    expect: { status: 204, headers },
  })),
  ...failures.map(([what, request, status]) => ({
    name: `${what} can be read by a page of another origin`,
    covers: ['7 on errors', '7 exposed headers'],
    variant: 'cors full',
    request,
    expect: {
      status,
      headers: {
        'access-control-allow-origin': A,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-runner-request-id, x-own',
        vary: 'Origin',
      },
    },
  })),
  {
    name: 'an origin of null',
    covers: ['7 origin list'],
    variant: 'cors list',
    request: call('null'),
    expect: { status: 200, headers: allows(null, 'Origin') },
  },
  {
    name: 'an origin that is sent twice',
    covers: ['7 origin list'],
    variant: 'cors list',
    request: call([A, C]),
    expect: { status: 200 },
  },
  {
    name: 'a preflight that is no CORS at all',
    covers: ['1 preflight'],
    request: { method: 'OPTIONS', path: '/__runner', headers: { 'x-runner-token': null } },
    expect: {
      status: 204,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': null },
    },
  },
  {
    name: 'a preflight with a body',
    covers: ['1 preflight'],
    request: { method: 'OPTIONS', path: '/__runner/task/echo', body: '{"input":1}' },
    expect: { status: 204 },
  },
];

module.exports = cors;
