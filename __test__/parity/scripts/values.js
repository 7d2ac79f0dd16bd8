// @ts-check
'use strict';

const { clientOf, clients, contexts, notFound } = require('./clients.js');
const { outcomeOf } = require('./outcome.js');
const { Point } = require('../app/point.js');

/** @typedef {import('../cases.js').ScriptCase} ScriptCase */
/** @typedef {import('../sides.js').Side} Side */

/**
 * Calls of every client: row, name, call, configuration of the client.
 *
 * @type {[string, string, (client: any) => unknown, object?][]}
 */
const calls = [
  ['5 value', 'a sum', (client) => client.task('add', { a: 2, b: 3 })],
  ['5 value', 'no input and no result', (client) => client.task('nothing')],
  ['5 value', 'an input of undefined', (client) => client.task('describe', undefined)],
  ['5 value', 'an id with a slash', (client) => client.task('slashed/id')],
  ['5 value', 'an id beyond ASCII', (client) => client.task('ü ber')],
  ['4 typed records', 'records there and back', (client) => client.task('echo', recordsOfAllTypes())],
  [
    '4 typed records',
    'records as the task sees them',
    (client) => client.task('describe', recordsOfAllTypes()),
  ],
  ['4 typed records', "the application's type", (client) => client.task('echo', [new Point(1, 2)])],
  [
    '4 typed records',
    'reserved keys',
    (client) => client.task('echo', { __type: 'Date', value: 1, '$runner.escape::a': 2 }),
  ],
  ['5 value', 'a large text', (client) => client.task('text', 100_000)],
  ['5 error', 'an error', (client) => client.task('throw', 'error')],
  [
    '6 typed error',
    'a typed error',
    (client) => client.task('throwTyped', { name: 'notFound', data: { a: 1, at: new Date(0) } }),
  ],
  [
    '6 typed error',
    'a typed error that the client knows',
    (client) => client.task('throwTyped', { name: 'notFound', data: { a: 1 } }),
    { errorRegistry: new Map([[notFound.id, notFound]]) },
  ],
  [
    '6 typed error',
    'a typed error of another id than the client knows',
    (client) => client.task('throwTyped', { name: 'teapot', data: { a: 1 } }),
    { errorRegistry: new Map([[notFound.id, notFound]]) },
  ],
  [
    '6 typed error',
    'a typed error without httpCode',
    (client) => client.task('throwTyped', { name: 'plain', data: { a: 1 } }),
  ],
  [
    '6 typed error',
    'a typed error without a body',
    (client) => client.task('throwTyped', { name: 'noContent' }),
  ],
  ['6 REQUEST_ABORTED', 'a cancellation', (client) => client.task('throw', 'cancellation')],
  ['6 INTERNAL_ERROR', 'a result that nothing carries', (client) => client.task('result', 'circular')],
  ['6 FORBIDDEN', 'a task that is not exposed', (client) => client.task('hidden')],
  ['6 UNAUTHORIZED', 'a wrong token', (client) => client.task('echo', 1), { auth: { token: 'wrong' } }],
  ['6 UNAUTHORIZED', 'no token', (client) => client.task('echo', 1), { auth: undefined }],
  [
    '6 UNAUTHORIZED',
    'an event with a wrong token',
    (client) => client.event('note', 1),
    { auth: { token: 'wrong' } },
  ],
  [
    '6 PAYLOAD_TOO_LARGE',
    'an input that is too large',
    (client) => client.task('describe', 'x'.repeat(2 * 1024 * 1024)),
  ],
  ['5 own response', 'a response that is not JSON', (client) => client.task('respond', 'writeHead and end')],
  [
    '5 own response',
    'an error response that is not JSON',
    (client) => client.task('respond', 'setHeader and end'),
  ],
  ['5 own response', 'a response without a body', (client) => client.task('respond', 'end without a body')],
  ['5 own response', 'a JSON response of its own', (client) => client.task('respond', 'what is set after')],
  [
    '5 stream wrapper',
    'a stream of JSON with an error status',
    (client) => client.task('stream', 'wrapper, error status'),
  ],
  ['5 event', 'an event', (client) => client.event('note', { a: new Date(0) })],
  ['5 event', 'an event without a payload', (client) => client.event('note')],
  [
    '5 event payload',
    'an event with its payload',
    (client) => client.eventWithResult('enrich', { a: new Map([['k', 1n]]) }),
  ],
  ['5 event payload', 'an event without a payload, with it', (client) => client.eventWithResult('enrich')],
  [
    '6 PARALLEL_EVENT_RETURN_UNSUPPORTED',
    'a parallel event with its payload',
    (client) => client.eventWithResult('fan', 1),
  ],
  [
    '6 typed error',
    'an event that throws a typed error',
    (client) => client.eventWithResult('refuses', { a: 1 }),
  ],
  ['6 INTERNAL_ERROR', 'an event that throws', (client) => client.event('fails', 1)],
  ['6 FORBIDDEN', 'an event that is not exposed', (client) => client.event('hiddenEvent', 1)],
  ['1 no route', 'another base path', (client) => client.task('echo', 1), { suffix: '/elsewhere' }],
  [
    '8 contexts',
    'contexts',
    (client) =>
      contexts.user.provide({ id: 7, at: new Date(0) }, () =>
        contexts.plain.provide('p', () => client.task('who')),
      ),
    { contexts: Object.values(contexts) },
  ],
  [
    '8 contexts',
    'contexts of an event',
    (client) =>
      contexts.user.provide('u', () =>
        contexts.plain.provide('p', () => client.eventWithResult('whoEvent', {})),
      ),
    { contexts: Object.values(contexts) },
  ],
  [
    '8 contexts',
    'contexts that are not there',
    (client) => client.task('who'),
    { contexts: Object.values(contexts) },
  ],
  [
    '7 request id',
    'a request id of its own',
    (client) => client.task('where').then((/** @type {any} */ where) => where.headers['x-runner-request-id']),
    {
      onRequest: (/** @type {any} */ { headers }) => {
        headers['x-runner-request-id'] = 'of-the-client';
      },
    },
  ],
  [
    '5 value',
    'many calls at a time',
    (client) => Promise.all(Array.from({ length: 50 }, (_, n) => client.task('add', { a: n, b: n }))),
  ],
];

function recordsOfAllTypes() {
  return {
    date: new Date(0),
    map: new Map(
      /** @type {[unknown, unknown][]} */ ([
        ['a', 1],
        [{ k: 1 }, new Set([1, 2n])],
      ]),
    ),
    regexp: /a+/gi,
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e21],
    url: new URL('https://a.test/b'),
    bytes: new Uint8Array([1, 2, 255]),
    nothing: undefined,
    text: 'é漢😀\ud800',
  };
}

/** @type {ScriptCase[]} */
const values = Object.keys(clients).flatMap((name) =>
  calls.map(([covers, what, call, config]) => ({
    name: `${name}: ${what}`,
    covers: [covers],
    run: async (/** @type {Side} */ side) => {
      const { suffix = '', ...more } = /** @type {any} */ (config ?? {});
      return outcomeOf(() => call(clientOf(name, side, { baseUrl: side.url + suffix, ...more })));
    },
  })),
);

module.exports = values;
