// @ts-check
'use strict';

const { event, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */
/** @typedef {Record<string, string | string[] | null>} Headers */

const RAN = { status: 200, body: '{"ok":true,"result":1}' };
const REFUSED = {
  status: 401,
  body: '{"ok":false,"error":{"message":"Unauthorized","code":"UNAUTHORIZED"}}',
};
const UNSET = {
  status: 500,
  body: '{"ok":false,"error":{"message":"Authentication not configured.","code":"AUTH_NOT_CONFIGURED"}}',
};

/** @param {string | string[] | null} token @param {Headers} [more] */
const withToken = (token, more = {}) =>
  task('echo', '{"input":1}', { headers: { 'x-runner-token': token, ...more } });

/**
 * Calls that differ in their headers: row, variant, what it is, the request, its outcome.
 *
 * @type {[string, string, string, ReturnType<typeof withToken>, RawCase['expect']][]}
 */
const calls = [
  ['3 token', 'plain', 'the token', withToken('secret'), RAN],
  ['3 token', 'plain', 'no token', withToken(null), REFUSED],
  ['3 token', 'plain', 'an empty token', withToken(''), REFUSED],
  ['3 token', 'plain', 'a wrong token', withToken('Secret'), REFUSED],
  ['3 token', 'plain', 'a token and more', withToken('secret2'), REFUSED],
  ['3 token', 'plain', 'half a token', withToken('secre'), REFUSED],
  ['3 token', 'plain', 'a token with spaces around it', withToken('  secret\t'), RAN],
  ['3 token', 'plain', 'the token twice', withToken(['secret', 'secret']), REFUSED],
  ['3 token', 'plain', 'a long wrong token', withToken('x'.repeat(8000)), REFUSED],
  ['3 token', 'token beyond ASCII', 'a token of latin1 bytes', withToken('t\xf8ken'), RAN],
  ['3 token', 'token beyond ASCII', 'a token of UTF-8 bytes', withToken('t\xc3\xb8ken'), REFUSED],
  ['3 token list', 'token list', 'the first of two tokens', withToken('old'), RAN],
  ['3 token list', 'token list', 'the last of two tokens', withToken('new'), RAN],
  ['3 token list', 'token list', 'none of two tokens', withToken('old,new'), REFUSED],
  ['3 token list', 'empty token list', 'any token with an empty list', withToken('secret'), REFUSED],
  ['3 token list', 'empty token list', 'no token with an empty list', withToken(null), REFUSED],
  ['3 header name', 'token under another header', 'the usual header', withToken('secret'), REFUSED],
  [
    '3 header name',
    'token under another header',
    'the header of its own, in capitals',
    withToken(null, { 'X-API-KEY': 'secret' }),
    RAN,
  ],
  ['3 anonymous', 'anonymous', 'no token where anybody may', withToken(null), RAN],
  ['3 anonymous', 'anonymous', 'some token where anybody may', withToken('whatever'), RAN],
  [
    '3 anonymous',
    'token and allowAnonymous',
    'no token, with allowAnonymous in vain',
    withToken(null),
    REFUSED,
  ],
  ['3 anonymous', 'token and allowAnonymous', 'the token, with allowAnonymous', withToken('secret'), RAN],
  ['3 not configured', 'no auth', 'a token where nothing is configured', withToken('secret'), UNSET],
  ['3 not configured', 'no auth', 'no token where nothing is configured', withToken(null), UNSET],
  ['3 not configured', 'empty auth', 'an empty configuration', withToken('secret'), UNSET],
  ['3 not configured', 'anonymous refused', 'allowAnonymous: false', withToken('secret'), UNSET],
  ['3 validators', 'one validator', 'what the validator takes', withToken(null, { 'x-pass': 'yes' }), RAN],
  ['3 validators', 'one validator', 'what the validator refuses', withToken('secret'), REFUSED],
  ['3 validators', 'several validators', 'what the last takes', withToken(null, { 'x-pass': 'yes' }), RAN],
  ['3 validators', 'several validators', 'what all refuse', withToken(null), REFUSED],
  [
    '3 validators',
    'refusing validators',
    'a validator each to refuse, throw and say nothing',
    withToken(null),
    REFUSED,
  ],
  ['3 validators', 'token and validators', 'the token, with validators', withToken('secret'), RAN],
  [
    '3 validators',
    'token and validators',
    'no token, and a validator',
    withToken(null, { 'x-pass': 'yes' }),
    RAN,
  ],
  ['3 validators', 'token and validators', 'neither token nor validator', withToken('wrong'), REFUSED],
];

/** @type {RawCase[]} */
const auth = [
  ...calls.map(([covers, variant, what, request, expect]) => ({
    name: `${what} (${variant}): ${expect?.status}`,
    covers: [covers],
    variant,
    request,
    expect,
  })),
  {
    name: 'a verdict that is truthy and not true',
    covers: ['9 17'],
    variant: 'truthy validator',
    request: withToken(null),
    excuse: { row: 17, nodeExposure: RAN, native: REFUSED },
  },
  {
    name: 'an event without its token is 401',
    covers: ['3 token', '6 UNAUTHORIZED'],
    request: event('note', '{}', { headers: { 'x-runner-token': null } }),
    expect: REFUSED,
  },
  {
    name: 'an event where nothing is configured is 500',
    covers: ['3 not configured', '6 AUTH_NOT_CONFIGURED'],
    variant: 'no auth',
    request: event('note', '{}'),
    expect: UNSET,
  },
  {
    name: 'discovery where nothing is configured is 500',
    covers: ['3 not configured', '6 AUTH_NOT_CONFIGURED'],
    variant: 'no auth',
    request: { method: 'GET', path: '/__runner/discovery' },
    expect: UNSET,
  },
  {
    name: 'discovery by a validator',
    covers: ['3 validators', '5 discovery'],
    variant: 'one validator',
    request: { method: 'GET', path: '/__runner/discovery', headers: { 'x-pass': 'yes' } },
    expect: { status: 200 },
  },
  {
    name: 'an event by a validator',
    covers: ['3 validators'],
    variant: 'one validator',
    request: event('note', '{}', { headers: { 'x-pass': 'yes' } }),
    expect: { status: 200 },
  },
];

module.exports = auth;
