// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable, Stream } = require('node:stream');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { SANITIZED } = require('../helpers/outcome.js');
const { recordingLogger, startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

const HEADERS = { 'x-runner-request-id': 'r-1' };

/**
 * A server whose task `t` returns what `make` returns.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => unknown} make
 */
async function start(t, make) {
  const logger = recordingLogger();
  const { port } = await startServer(t, { logger }, (server) =>
    server.registerTask('t', make).registerTask('alive', () => true),
  );
  const alive = async () => assert.equal((await callTask(port, 'alive')).text, '{"ok":true,"result":true}');
  return { port, logger, alive };
}

/**
 * Asserts that the response breaks off and is logged once, and that the server serves on.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => unknown} make
 * @param {RegExp} message
 */
async function assertCut(t, make, message) {
  const { port, logger, alive } = await start(t, make);
  await assert.rejects(callTask(port, 't', 1, { headers: HEADERS }), { code: 'ECONNRESET' });
  await eventually(t, () => logger.entries.length > 0);
  await alive();
  assert.equal(logger.entries.length, 1);
  const [{ level, message: key, data }] = logger.entries;
  assert.deepEqual([level, key, data.requestId, data.id], ['error', 'exposure.task.error', 'r-1', 't']);
  assert.match(data.error, message);
}

/**
 * Asserts that the response is a 500 without details and is logged once, and that the server serves on.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => unknown} make
 */
async function assertRefused(t, make) {
  const { port, logger, alive } = await start(t, make);
  const response = await callTask(port, 't', 1, { headers: HEADERS });
  assert.equal(response.status, 500);
  assert.equal(response.text, SANITIZED);
  assert.match(response.headers['content-type'], /^application\/json/);
  await alive();
  assert.equal(logger.entries.length, 1);
  const [{ level, message, data }] = logger.entries;
  assert.deepEqual([level, message, data.requestId, data.id], ['error', 'exposure.task.error', 'r-1', 't']);
}

/** A Readable that gives these chunks and then fails. */
const failing = (/** @type {unknown[]} */ ...chunks) =>
  new Readable({
    read() {
      if (chunks.length > 0) this.push(chunks.shift());
      else this.destroy(new Error('broke'));
    },
  });

/** An iterable of these values that then throws. */
async function* throwing(/** @type {unknown[]} */ ...values) {
  yield* values;
  throw new Error('broke');
}

/** A web stream of these chunks that then fails. */
function erring(/** @type {string[]} */ ...chunks) {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.error(new Error('broke'));
      else controller.enqueue(Buffer.from(chunk));
    },
  });
}

/** An old stream that gives these chunks and then fails. */
function oldFailing(/** @type {string[]} */ ...chunks) {
  const old = new Stream();
  setImmediate(() => {
    for (const chunk of chunks) old.emit('data', Buffer.from(chunk));
    old.emit('error', new Error('broke'));
  });
  return old;
}

for (const [when, chunks] of /** @type {const} */ ([
  ['at once', []],
  ['midway', ['one', 'two']],
])) {
  /** @type {Record<string, () => unknown>} */
  const forms = {
    'a Readable': () => failing(...chunks),
    'an old stream': () => oldFailing(...chunks),
    'a web stream': () => erring(...chunks),
    'an iterable of values': () => throwing(...chunks),
    'an iterable of bytes': () => ({ stream: throwing(...chunks) }),
  };
  for (const [name, make] of Object.entries(forms)) {
    test(`${name} that fails ${when} cuts the response and is logged`, (t) => assertCut(t, make, /^broke$/));
  }
}

test('a Readable that fails as it closes after its end cuts the response', async (t) => {
  const make = () =>
    new Readable({
      read() {
        this.push('whole');
        this.push(null);
      },
      destroy: (_error, callback) => callback(new Error('broke on closing')),
    });
  await assertCut(t, make, /^broke on closing$/);
});

test('an error that a stream tells after its response is complete changes nothing', async (t) => {
  /** @type {ReturnType<typeof deferred<Error | null>>} */
  const told = deferred();
  const source = Readable.from([Buffer.from('whole')]);
  source.on('error', (error) => told.resolve(error));
  const { port, logger, alive } = await start(t, () => source);
  assert.equal((await callTask(port, 't')).text, 'whole');
  source.emit('error', new Error('late'));
  assert.equal((await told.promise)?.message, 'late');
  await alive();
  assert.deepEqual(logger.entries, []);
});

/** @type {Record<string, () => unknown>} */
const wrongChunks = {
  'an object': () => Readable.from([Buffer.from('a'), { b: 1 }]),
  'a number': () => Readable.from([7]),
  'an array': () => Readable.from([[1]]),
  'an object of a web stream': () => new ReadableStream({ start: (controller) => controller.enqueue({}) }),
  'an array in { stream }': () => ({ stream: Readable.from([[1]]) }),
};
for (const [name, make] of Object.entries(wrongChunks)) {
  test(`${name} as a chunk cuts the response and is logged`, (t) =>
    assertCut(t, make, /a Uint8Array or a string/));
}

const cycle = /** @type {any} */ ({});
cycle.self = cycle;
/** @type {[string, unknown, RegExp][]} */
const wrongValues = [
  ['a bigint', 1n, /BigInt/],
  ['a cycle', cycle, /circular/],
  ['a function', () => 1, /received function/],
  ['a symbol', Symbol('s'), /received symbol/],
  ['undefined', undefined, /received undefined/],
  ['a value whose toJSON throws', { toJSON: () => assert.fail('no JSON') }, /no JSON/],
];
for (const [name, value, message] of wrongValues) {
  test(`${name} among the values cuts the response and is logged`, async (t) => {
    async function* values() {
      yield 1;
      yield value;
    }
    await assertCut(t, values, message);
  });
}

for (const status of [0, 100, 101, 199, 600, 1000, -200, 200.5, Number.NaN, '200', {}]) {
  test(`the status ${JSON.stringify(status)} is refused and the stream destroyed`, async (t) => {
    const stream = new Readable({ read() {} });
    await assertRefused(t, () => ({ stream, status }));
    assert.equal(stream.destroyed, true);
  });
}

/** @param {number} count */
function manyHeaders(count) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, '1']));
}

/** @type {[string, object][]} */
const wrongHeads = [
  ['a line break in a value', { headers: { 'x-a': 'a\r\nx-b: c' } }],
  ['a line feed in a value', { headers: { 'x-a': 'a\nx-b: c' } }],
  ['a zero in a value', { headers: { 'x-a': 'a\0' } }],
  ['a letter beyond latin1 in a value', { headers: { 'x-a': '日' } }],
  ['no value', { headers: { 'x-a': undefined } }],
  ['a line break in a name', { headers: { 'x-a\r\nx-b': 'c' } }],
  ['a blank in a name', { headers: { 'x a': 'c' } }],
  ['an empty name', { headers: { '': 'c' } }],
  ['a content-length that is no number', { headers: { 'content-length': 'x' } }],
  ['a content-length beyond every number', { headers: { 'content-length': '99999999999999999999' } }],
  ['a name of more than 64 KB', { headers: { ['x'.repeat(65_536)]: '1' } }],
  ['more names than a response can have', { headers: manyHeaders(30_000) }],
  ['a line break in contentType', { contentType: 'text/plain\r\nx-b: c' }],
  ['a line break in content-type', { headers: { 'content-type': 'text/plain\r\nx-b: c' } }],
];
for (const [name, head] of wrongHeads) {
  test(`${name} is refused and the stream destroyed`, async (t) => {
    const stream = new Readable({ read() {} });
    await assertRefused(t, () => ({ stream, ...head }));
    await eventually(t, () => stream.destroyed);
  });
}

test('a producer that fails when it is refused does not end the process', async (t) => {
  const fails = async () => Promise.reject(new Error('will not stop'));
  const iterable = { [Symbol.asyncIterator]: () => ({ next: fails, return: fails }) };
  await assertRefused(t, () => ({ stream: iterable, status: 1 }));
  await assertRefused(t, () => ({ stream: new ReadableStream({ cancel: fails }), status: 1 }));
  const destroy = (/** @type {unknown} */ _error, /** @type {(error: Error) => void} */ callback) =>
    callback(new Error('will not stop'));
  await assertRefused(t, () => ({ stream: new Readable({ read() {}, destroy }), status: 1 }));
});

test('a Readable that is destroyed already cuts the response', async (t) => {
  await assertCut(t, () => Readable.from(['a']).destroy(), /premature|destroyed|closed/i);
});

test('a web stream that is locked by another reader is refused', async (t) => {
  const locked = new ReadableStream();
  locked.getReader();
  await assertRefused(t, () => locked);
});

test('an iterable without an iterator is refused', async (t) => {
  await assertRefused(t, () => ({ [Symbol.asyncIterator]: () => assert.fail('none') }));
});

/** @type {Record<string, () => unknown>} */
const wrongNexts = {
  throws: () => assert.fail('no next'),
  rejects: () => Promise.reject(new Error('no next')),
};
for (const [how, next] of Object.entries(wrongNexts)) {
  test(`an iterator whose next ${how}, and return as well, cuts the response`, async (t) => {
    await assertCut(t, () => ({ [Symbol.asyncIterator]: () => ({ next, return: next }) }), /no next/);
  });
}
