// @ts-check
'use strict';

const { encodeRequest } = require('../lib/http');

const task = (/** @type {string} */ id) => `/__runner/task/${id}`;
const input = (/** @type {unknown} */ value) => JSON.stringify({ input: value });
const text = 'žluťoučký kůň '.repeat(120);

/**
 * The mix: what is sent, which status is expected, and in how many of a thousand calls. `leaves` is when the client
 * leaves without reading a response: in the middle of its body, or while its handler runs.
 * @typedef {{ name: string, share: number, bytes: Buffer, status?: number, leaves?: 'body' | 'handler' }} Kind
 * @type {Kind[]}
 */
const KINDS = [
  {
    name: 'task',
    share: 620,
    status: 200,
    bytes: encodeRequest({ path: task('add'), body: input({ a: 1, b: 2 }) }),
  },
  {
    name: 'async task',
    share: 60,
    status: 200,
    bytes: encodeRequest({ path: task('later'), body: input({ a: 1 }) }),
  },
  {
    name: 'echo',
    share: 60,
    status: 200,
    bytes: encodeRequest({ path: task('echo'), body: input({ text }) }),
  },
  {
    name: 'event',
    share: 40,
    status: 200,
    bytes: encodeRequest({ path: '/__runner/event/seen', body: '{"payload":{"n":1},"returnPayload":true}' }),
  },
  {
    name: 'context',
    share: 20,
    status: 200,
    bytes: encodeRequest({ path: task('context'), body: input(1) }),
  },
  {
    name: 'typed error',
    share: 50,
    status: 409,
    bytes: encodeRequest({ path: task('typed'), body: input('taken') }),
  },
  { name: 'throw', share: 20, status: 500, bytes: encodeRequest({ path: task('throws'), body: input(1) }) },
  {
    name: 'rejection',
    share: 10,
    status: 500,
    bytes: encodeRequest({ path: task('rejects'), body: input(1) }),
  },
  {
    name: 'unserializable',
    share: 10,
    status: 500,
    bytes: encodeRequest({ path: task('cycle'), body: input(1) }),
  },
  {
    name: '401',
    share: 40,
    status: 401,
    bytes: encodeRequest({ path: task('add'), body: input(1), token: 'wrong' }),
  },
  {
    name: 'bad JSON',
    share: 30,
    status: 400,
    bytes: encodeRequest({ path: task('add'), body: '{"input":{"a":1,}' }),
  },
  { name: '404', share: 20, status: 404, bytes: encodeRequest({ path: task('nowhere'), body: input(1) }) },
  { name: 'left in body', share: 10, leaves: 'body', bytes: halfSent() },
  {
    name: 'left in handler',
    share: 10,
    leaves: 'handler',
    bytes: encodeRequest({ path: task('waits'), body: input(1) }),
  },
];

/** A request whose body stops halfway. */
function halfSent() {
  const body = input({ text });
  return encodeRequest({
    path: task('echo'),
    body: body.slice(0, 200),
    contentLength: Buffer.byteLength(body),
  });
}

/**
 * The thousand calls of a round, in which every kind is spread evenly by its share.
 * @returns {Kind[]}
 */
function makeRound() {
  const slots = KINDS.flatMap((kind) =>
    Array.from({ length: kind.share }, (_, n) => ({ kind, at: (n + 0.5) / kind.share })),
  );
  return slots.sort((a, b) => a.at - b.at).map(({ kind }) => kind);
}

module.exports = { KINDS, makeRound };
