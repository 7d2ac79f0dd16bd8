// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { roundTrips } = require('../helpers/probe.js');
const { PARKED_MS } = require('../helpers/parked.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');
const { expectedOf, get, outcomeOf, startBoth } = require('../helpers/targets.js');
const { pause } = require('../helpers/traffic.js');

/** All bytes but NUL and line feed, which end texts and lines. */
const BYTES = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).filter(
  (byte) => byte !== '\n',
);

/** Targets that hyper would refuse or change, and some that it would not. */
const TAKEN = [
  '/',
  '/search?q=<b>',
  '/a>b"c`d',
  '/feed#latest',
  '/feed?x=1#a#b?c',
  '/a?b=%%AD%%;',
  '/{id}|^\\?[]',
  '//a//b#',
  '*',
  '*#a',
  'http://localhost',
  'HTTP://LocalHost/',
  'http://localhost?<>',
  'ftp://a:b@c:1/d#e',
  'x://',
];

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} targets
 */
async function assertSame(t, targets) {
  const { native, node } = await startBoth(t);
  for (const target of targets) {
    const expected = await expectedOf(t, node, target);
    assert.equal(await outcomeOf(t, native, target), expected, JSON.stringify(target));
  }
}

/** @type {[string, (byte: string) => string][]} */
const places = [
  ['a path', (byte) => `/a${byte}b`],
  ['a query', (byte) => `/a?b${byte}c`],
  ['a fragment', (byte) => `/a#b${byte}c`],
  ['a path behind a host', (byte) => `http://a/b${byte}c`],
  ['a host', (byte) => `http://a${byte}b/c`],
  ['a scheme', (byte) => `a${byte}b://c`],
  ['the place of the first slash', (byte) => `${byte}a`],
];

for (const [place, targetWith] of places) {
  test(`every byte in ${place} comes to the listener as from Node, or is 400 as from Node`, (t) =>
    assertSame(t, BYTES.filter((byte) => byte !== ' ').map(targetWith)));
}

test('targets of all forms come to the listener as from Node, or are 400 as from Node', (t) =>
  assertSame(t, [
    ...TAKEN,
    'a',
    'a:b',
    '?a',
    '#a',
    'http:',
    'http:/',
    'http:/a',
    '://a',
    'http://a@b@c',
    'http://a@@b',
    'http://@',
    'http://[::1]:x',
    '/\xc3\xa9',
    '/?\xc3\xa9',
    'http://a/\xc3\xa9',
    '/a?b#\xff',
  ]));

test('pipelined targets come to the listener in their order', async (t) => {
  const { native } = await startBoth(t);
  const targets = [...TAKEN, ...TAKEN].sort();
  const client = await connect(t, native);
  await client.write(targets.map((target) => get(target, 'keep-alive')).join(''));
  const bodies = (await client.responses(targets.length)).map(({ body }) => body);
  assert.deepEqual(bodies, targets);
});

test('a target comes to the listener whole wherever its request is split', async (t) => {
  const { native } = await startBoth(t);
  const client = await connect(t, native);
  for (const target of ['/a<b>?c#d', 'http://h', '*"']) {
    const text = get(target, 'keep-alive');
    for (let at = 1; at < text.length; at += 1) {
      await client.write(text.slice(0, at));
      await roundTrips(native);
      await client.write(text.slice(at));
      assert.equal((await client.response()).body, target, `split at ${at}`);
    }
  }
});

test('targets that come a byte at a time come to the listener whole', async (t) => {
  const { native } = await startBoth(t);
  const client = await connect(t, native);
  for (const target of TAKEN) {
    for (const byte of get(target, 'keep-alive')) await client.write(byte);
    assert.equal((await client.response()).body, target);
  }
});

test('a target that is refused behind others leaves theirs alone', async (t) => {
  const { native } = await startBoth(t);
  const client = await connect(t, native);
  await client.write(get('/#1', 'keep-alive') + get('/2', 'keep-alive') + get('a:b') + get('/#4'));
  for (const target of ['/#1', '/2']) assert.equal((await client.response()).body, target);
  assert.equal((await client.response()).status, 400);
  assert.equal((await client.closed()).text, '');
});

test('a connection that was parked takes such a target as its next', async (t) => {
  const { native } = await startBoth(t);
  const client = await connect(t, native);
  for (const target of ['/first', '/#second', '/third', '/<fourth>']) {
    await client.write(get(target, 'keep-alive'));
    assert.equal((await client.response()).body, target);
    await pause(PARKED_MS);
  }
});

test('a handler is called by an id with any byte of a target, and its context has the target', async (t) => {
  const ids = [...BYTES.filter((byte) => byte > ' ' && byte <= '~' && !'#%/?\\'.includes(byte)), '<a>"`'];
  const { port } = await startServer(t, {}, (server) => {
    for (const id of ids) server.registerTask(`is ${id}`, (_input, context) => context.path);
  });
  const client = await connect(t, port);
  for (const id of ids) {
    const path = `/__runner/task/is%20${id}?<q>#f`;
    await client.write(requestText({ path, body: '1' }));
    const { status, json } = await client.response();
    assert.deepEqual([status, json.result], [200, path]);
  }
});

test('an allow-list holds for ids with bytes that URLs escape', async (t) => {
  const { port } = await startServer(t, { allowList: { tasks: ['<a>'] } }, (server) => {
    for (const id of ['<a>', '<b>']) server.registerTask(id, () => id);
  });
  const client = await connect(t, port);
  for (const [id, expected] of [
    ['<a>', 200],
    ['<b>', 403],
    ['%3Ca%3E', 200],
    ['<b>#<a>', 403],
    ['_a_', 403],
  ]) {
    await client.write(requestText({ path: `/__runner/task/${id}`, body: '1' }));
    assert.equal((await client.response()).status, expected, String(id));
  }
});
