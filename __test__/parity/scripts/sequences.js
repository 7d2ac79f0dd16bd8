// @ts-check
'use strict';

const { connect } = require('../../helpers/raw.js');
const { eventually } = require('../../helpers/guarded.js');
const { exchange } = require('../wire/exchange.js');
const { file, form, ONE } = require('../wire/multipart.js');
const { event, octets, requestBytes, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').ScriptCase} ScriptCase */
/** @typedef {import('../sides.js').Side} Side */
/** @typedef {import('node:test').TestContext} TestContext */

const ID = { headers: { 'x-runner-request-id': 'r-1' } };

/**
 * What the app noted during these requests.
 *
 * @param {TestContext} t
 * @param {Side} side
 * @param {import('../wire/request.js').RequestSpec[]} requests one after the other
 */
async function notesOf(t, side, requests) {
  const before = side.state.notes.length;
  for (const request of requests) await exchange(t, side.port, request);
  return side.state.notes.slice(before);
}

/** The data that nodeExposure logs; the native server may log more. */
const LOGGED = ['requestId', 'method', 'path', 'status', 'code'];

/**
 * What the exposure logged during these requests.
 *
 * @param {TestContext} t
 * @param {Side} side
 * @param {import('../wire/request.js').RequestSpec[]} requests one after the other
 * @param {number} count of entries to wait for: what a request leads to may be logged after its response
 */
async function logOf(t, side, requests, count) {
  const before = side.state.log.length;
  const entries = () =>
    side.state.log.slice(before).filter(({ message }) => String(message).startsWith('exposure.'));
  for (const request of requests) await exchange(t, side.port, request);
  await eventually(t, () => entries().length >= count);
  return entries().map(({ data, ...rest }) => ({ ...rest, data: LOGGED.map((key) => [key, data[key]]) }));
}

/**
 * What the task noted of a client that leaves it.
 *
 * @param {TestContext} t
 * @param {Side} side
 * @param {import('../wire/request.js').RequestSpec} request
 * @param {(client: import('../../helpers/raw.js').RawClient) => void} leave
 */
async function left(t, side, request, leave) {
  const { notes } = side.state;
  const before = notes.length;
  const client = await connect(t, side.port);
  await client.write(requestBytes(request));
  await eventually(t, () => notes.length > before);
  leave(client);
  await eventually(t, () => notes.length > before + 1);
  return notes.slice(before);
}

/**
 * What is logged: the name, the requests, how many entries, the variant.
 *
 * @type {[string, import('../wire/request.js').RequestSpec[], number, string?][]}
 */
const logs = [
  ['a task that throws', [task('throw', '"error"', ID)], 1],
  ['a task that throws a text', [task('throw', '"string"', ID)], 1],
  ['a task that throws a typed error', [task('throwSubclass', '1', ID)], 1],
  ['a result that nothing carries', [task('result', '"circular"', ID)], 1],
  ['a cancellation', [task('throw', '"cancellation"', ID)], 0],
  ['an event that throws', [event('fails', '{}', ID)], 1],
  ['a wrong token', [task('echo', '1', { headers: { ...ID.headers, 'x-runner-token': 'wrong' } })], 1],
  [
    'a wrong token of an event',
    [event('note//?x', '1', { headers: { ...ID.headers, 'x-runner-token': 'x' } })],
    1,
  ],
  [
    'discovery without a token',
    [{ method: 'GET', path: '/__runner/discovery?x', headers: { ...ID.headers, 'x-runner-token': null } }],
    1,
  ],
  ['nothing configured', [task('echo', '1', ID)], 1, 'no auth'],
  [
    'what is refused for other reasons',
    [task('hidden', '1', ID), task('echo', '{', ID), { path: '/__runner/x', ...ID }],
    0,
  ],
];

/** @type {ScriptCase[]} */
const sequences = [
  ...logs.map(([what, requests, count, variant]) => ({
    name: `what is logged: ${what}`,
    covers: [what.includes('token') ? '6 UNAUTHORIZED' : '6 INTERNAL_ERROR'],
    variant,
    run: (/** @type {Side} */ side, /** @type {TestContext} */ t) => logOf(t, side, requests, count),
  })),
  {
    name: 'what hooks see of an event',
    covers: ['5 event'],
    run: (side, t) =>
      notesOf(t, side, [event('note', '{"payload":{"a":1}}'), event('note'), event('fan', '{"payload":2}')]),
  },
  {
    name: 'what validators see of a task, an event and discovery',
    covers: ['3 validator input'],
    variant: 'several validators',
    run: (side, t) =>
      notesOf(t, side, [
        task('echo', '1', { ...ID, path: '/__runner/x/../task//echo?a=%20b' }),
        event('note', '{}', { headers: { ...ID.headers, 'x-many': ['1', '2'], cookie: ['a=1', 'b=2'] } }),
        { method: 'GET', path: 'http://other.test/__runner/discovery?q', ...ID },
        octets('body', 'bytes', ID),
      ]),
  },
  {
    name: 'validators do not run when the token matches',
    covers: ['3 validators'],
    variant: 'token and validators',
    run: (side, t) => notesOf(t, side, [task('echo', '1')]),
  },
  {
    name: 'validators do not run for a preflight, another method, or no route',
    covers: ['2 method before authentication'],
    variant: 'several validators',
    run: (side, t) =>
      notesOf(t, side, [
        { method: 'OPTIONS', path: '/__runner/task/echo' },
        { method: 'GET', path: '/__runner/task/echo' },
        { path: '/__runner/none' },
      ]),
  },
  {
    name: 'the signal of a client that closes its connection',
    covers: ['8 abort'],
    run: (side, t) => left(t, side, task('untilAborted', '{}'), (client) => client.destroy()),
  },
  {
    name: 'the signal of a client that resets its connection',
    covers: ['8 abort'],
    run: (side, t) => left(t, side, task('untilAborted', '{}'), (client) => client.reset()),
  },
  {
    name: 'the signal of a client that sends no more',
    covers: ['8 abort'],
    run: (side, t) => left(t, side, task('untilAborted', '{}'), (client) => client.end()),
  },
  {
    name: 'the signal of a client that leaves within an octet-stream',
    covers: ['8 abort', '4 octet-stream'],
    run: (side, t) =>
      left(t, side, octets('untilAborted', 'half', { headers: { 'content-length': '8' } }), (client) =>
        client.destroy(),
      ),
  },
  {
    name: 'the signal of a client that leaves behind an octet-stream that is not read',
    covers: ['8 abort', '4 octet-stream'],
    run: (side, t) => left(t, side, octets('untilAborted', 'whole'), (client) => client.destroy()),
  },
  {
    name: 'the outcome of reading when the client leaves within an octet-stream',
    covers: ['8 abort', '4 octet-stream'],
    run: (side, t) =>
      left(t, side, octets('bodyCutOff', 'half', { headers: { 'content-length': '8' } }), (client) =>
        client.destroy(),
      ),
  },
  {
    name: 'the order in which a task learns that its client leaves within an octet-stream',
    covers: ['8 abort', '4 octet-stream'],
    run: (side, t) =>
      left(t, side, octets('leavingInOrder', 'half', { headers: { 'content-length': '8' } }), (client) =>
        client.destroy(),
      ),
  },
  {
    name: 'the order in which a task learns that its client leaves within a file',
    covers: ['8 abort', '4 multipart'],
    run: (side, t) => {
      const request = form('uploadCutOff', [ONE, file('F1', 'half of a file')], { end: '' });
      return left(
        t,
        side,
        { ...request, headers: { ...request.headers, 'content-length': '999' } },
        (client) => client.destroy(),
      );
    },
  },
  {
    name: 'pipelined requests are answered in order',
    covers: ['5 value'],
    run: async (side, t) => {
      const client = await connect(t, side.port);
      const requests = [task('whoLater', '{}'), task('echo', '{'), task('echo', '2'), event('fails', '{}')];
      await client.write(Buffer.concat(requests.map((request) => requestBytes(request))));
      const responses = await client.responses(requests.length);
      return responses.map(({ status, body }) => [status, body]);
    },
  },
  {
    name: 'the value of the exposure',
    covers: ['1 base path'],
    variant: 'other base',
    run: async ({ exposure }) => {
      const { address, family } = exposure.server.address();
      return { basePath: exposure.basePath, address, family, close: typeof exposure.close };
    },
  },
];

module.exports = sequences;
