// @ts-check
'use strict';

const { event, octets, task } = require('../wire/request.js');
const { file, form, manifest, sentinel } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** @param {unknown} map */
const header = (map) => ({ 'x-runner-context': JSON.stringify(map) });
const USER = header({ 'ctx.user': '{"id":1}' });

const NONE = '{"user":"none","plain":"none","checked":"none","unregistered":"none"}';
/** @param {Record<string, unknown>} found */
const seen = (found) => ({
  status: 200,
  body: `{"ok":true,"result":${JSON.stringify({ ...JSON.parse(NONE), ...found })}}`,
});

/** @type {[string, string, Record<string, string | string[]>, RawCase['expect']][]} */
const headers = [
  ['8 contexts', 'a context', USER, seen({ user: { id: 1 } })],
  [
    '8 contexts',
    'several contexts',
    header({ 'ctx.user': '1', 'ctx.plain': 'p', 'ctx.checked': '2' }),
    seen({ user: 1, plain: 'parsed p', checked: { checked: 2 } }),
  ],
  ['8 contexts', 'no context', {}, seen({})],
  ['8 contexts', 'an empty header', { 'x-runner-context': '' }, seen({})],
  ['8 contexts', 'a context that is not registered', header({ 'ctx.unregistered': '1' }), seen({})],
  ['8 contexts', 'an unknown context', header({ other: '1', 'ctx.user': '2' }), seen({ user: 2 })],
  [
    '8 contexts',
    'a context with records in it',
    header({ 'ctx.user': '{"__type":"Map","value":[["a",1]]}' }),
    { status: 200, body: /"user":\{"__type":"Map"/ },
  ],
  [
    '8 contexts',
    'a header of records',
    header({ 'ctx.user': '1', a: { __type: 'Date', value: '' } }),
    seen({ user: 1 }),
  ],
  [
    '8 contexts',
    'a header that is a graph',
    header({
      __graph: true,
      root: { __ref: 'm' },
      nodes: { m: { kind: 'object', value: { 'ctx.user': '3' } } },
    }),
    seen({ user: 3 }),
  ],
  ['8 contexts', 'a header with escapes', header({ '$runner.escape::ctx.user': '4' }), seen({ user: 4 })],
  [
    '8 contexts',
    'a header beyond ASCII',
    { 'x-runner-context': '{"ctx.plain":"\xe9"}' },
    seen({ plain: 'parsed é' }),
  ],
  [
    '8 contexts',
    'a header in UTF-8',
    { 'x-runner-context': '{"ctx.plain":"\xc3\xa9"}' },
    seen({ plain: 'parsed Ã©' }),
  ],
  [
    '8 contexts',
    'a header of 7 kB',
    header({ 'ctx.plain': 'p'.repeat(7000) }),
    { status: 200, body: /parsed p{7000}/ },
  ],
  [
    '8 own parse',
    'a context that its parse refuses',
    header({ 'ctx.plain': 'bad', 'ctx.user': '1' }),
    seen({ user: 1 }),
  ],
  [
    '8 own parse',
    'a context that is not JSON',
    header({ 'ctx.user': 'x', 'ctx.plain': 'y' }),
    seen({ plain: 'parsed y' }),
  ],
  [
    '8 own parse',
    'an empty context',
    header({ 'ctx.plain': '', 'ctx.user': '' }),
    seen({ plain: 'parsed ' }),
  ],
  [
    '8 own parse',
    'a context of undefined',
    header({ 'ctx.user': '{"__type":"Undefined","value":null}' }),
    { status: 200 },
  ],
  [
    '8 own parse',
    'a context that its schema refuses',
    header({ 'ctx.checked': '"refused"' }),
    { status: 500, without: /refused/ },
  ],
  [
    '8 bad header',
    'entries that are no text',
    header({ 'ctx.user': 1, 'ctx.plain': null, 'ctx.checked': ['1'] }),
    seen({}),
  ],
  ['8 bad header', 'a header that is not JSON', { 'x-runner-context': '{"ctx.user":' }, seen({})],
  ['8 bad header', 'a header of null', { 'x-runner-context': 'null' }, seen({})],
  ['8 bad header', 'a header of an array', { 'x-runner-context': '["ctx.user"]' }, seen({})],
  ['8 bad header', 'a header of text', { 'x-runner-context': '"ctx.user"' }, seen({})],
  [
    '8 bad header',
    'a header of undefined',
    { 'x-runner-context': '{"__type":"Undefined","value":null}' },
    seen({}),
  ],
  ['8 bad header', 'a header of an unknown type', header({ __type: 'Nobody', value: 1 }), seen({})],
  [
    '8 bad header',
    'two headers',
    { 'x-runner-context': ['{"ctx.user":"1"}', '{"ctx.plain":"2"}'] },
    seen({}),
  ],
];

/** @type {[string, string, string, import('../wire/request.js').RequestSpec, RawCase['expect']][]} */
const modes = [
  [
    '8 every body mode',
    'plain',
    'an octet-stream',
    octets('who', 'bytes', { headers: USER }),
    seen({ user: { id: 1 } }),
  ],
  [
    '8 every body mode',
    'plain',
    'a form',
    form('whoUpload', [manifest({ file: sentinel('F1') }), file('F1', 'x')], { headers: USER }),
    { status: 200, body: /"user":\{"id":1\}/ },
  ],
  [
    '8 every body mode',
    'plain',
    'an event',
    event('whoEvent', '{"payload":{},"returnPayload":true}', { headers: USER }),
    { status: 200, body: /"user":\{"id":1\}/ },
  ],
  [
    '8 every body mode',
    'plain',
    'an event without a result',
    event('whoEvent', '{"payload":{}}', { headers: USER }),
    { status: 200 },
  ],
  [
    '8 every body mode',
    'plain',
    'no body',
    task('who', undefined, { headers: USER }),
    seen({ user: { id: 1 } }),
  ],
  [
    '8 contexts',
    'plain',
    'a task that goes on later',
    task('whoLater', '{}', { headers: USER }),
    seen({ user: { id: 1 } }),
  ],
  [
    '8 allowAsyncContext',
    'plain',
    'a task whose tunnel forbids it',
    task('whoGuarded', '{}', { headers: USER }),
    seen({}),
  ],
  [
    '8 allowAsyncContext',
    'guarded',
    'a task that one of two tunnels forbids it',
    task('whoTwice', '{}', { headers: USER }),
    seen({}),
  ],
  [
    '8 allowAsyncContext',
    'guarded',
    'a task of another tunnel',
    task('who', '{}', { headers: USER }),
    seen({ user: { id: 1 } }),
  ],
  [
    '8 allowAsyncContext',
    'guarded',
    'an event whose tunnel forbids it',
    event('whoEvent', '{"payload":{},"returnPayload":true}', { headers: USER }),
    { status: 200, body: `{"ok":true,"result":{"seen":${NONE}}}` },
  ],
  [
    '8 allowAsyncContext',
    'open',
    'an open exposure',
    task('who', '{}', { headers: USER }),
    seen({ user: { id: 1 } }),
  ],
];

/** @type {RawCase[]} */
const contexts = [
  ...headers.map(([covers, what, more, expect]) => ({
    name: `${what} in x-runner-context`,
    covers: [covers],
    request: task('who', '{}', { headers: more }),
    expect,
  })),
  ...modes.map(([covers, variant, what, request, expect]) => ({
    name: `x-runner-context with ${what}`,
    covers: [covers],
    variant,
    request,
    expect,
  })),
];

module.exports = contexts;
