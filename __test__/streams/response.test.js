// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable, Stream } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

const UNICODE = 'häßlich \u{1F600} 日本';
const SSE = { accept: 'text/event-stream' };
const REQUEST = requestText({ path: '/__runner/task/t' });

/**
 * A server whose task `t` returns what `make` returns.
 *
 * @param {import('node:test').TestContext} t
 * @param {(input: any) => unknown} make
 * @param {Record<string, unknown>} [options]
 */
async function start(t, make, options = {}) {
  const { port } = await startServer(t, options, (server) =>
    server.registerTask('t', make).registerTask('ping', () => 'pong'),
  );
  return port;
}

/** An old stream, which has no iterator: it can be listened to and piped. */
function oldStream(/** @type {string[]} */ pieces) {
  const old = new Stream();
  setImmediate(() => {
    for (const piece of pieces) old.emit('data', Buffer.from(piece));
    old.emit('end');
  });
  return old;
}

function webStream(/** @type {string[]} */ pieces) {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

async function* iterable(/** @type {unknown[]} */ values) {
  yield* values;
}

/** @type {Record<string, (pieces: string[]) => any>} */
const streams = {
  'a Readable of bytes': (pieces) => Readable.from(pieces.map((piece) => Buffer.from(piece))),
  'a Readable of strings': (pieces) => Readable.from(pieces),
  'a Readable with an encoding': (pieces) => Readable.from(pieces, { objectMode: false }).setEncoding('utf8'),
  'an old stream': oldStream,
  'a web stream': webStream,
};

for (const [name, make] of Object.entries(streams)) {
  test(`${name} is sent as it is, bare or with a head`, async (t) => {
    const port = await start(t, (input) =>
      input ? { stream: make(['a', UNICODE, 'c']), ...input } : make(['a', 'b']),
    );
    const bare = await callTask(port, 't', null);
    assert.deepEqual([bare.status, bare.text], [200, 'ab']);
    assert.equal(bare.headers['content-type'], 'application/octet-stream');
    const input = { status: 201, contentType: 'text/plain', headers: { 'x-own': 'yes' } };
    const headed = await callTask(port, 't', input);
    assert.deepEqual([headed.status, headed.text], [201, `a${UNICODE}c`]);
    assert.deepEqual([headed.headers['content-type'], headed.headers['x-own']], ['text/plain', 'yes']);
  });

  test(`${name} may be empty, or have empty pieces`, async (t) => {
    const port = await start(t, (pieces) => make(pieces));
    for (const pieces of [[], ['', 'a', '', 'b', '']]) {
      const { status, text } = await callTask(port, 't', pieces);
      assert.deepEqual([status, text], [200, pieces.join('')]);
    }
  });
}

test('an iterable of bytes and strings is sent as it is when it is the stream of a head', async (t) => {
  const port = await start(t, () => ({
    stream: iterable([Buffer.from('a'), UNICODE, new Uint8Array([98])]),
  }));
  const { text, headers } = await callTask(port, 't');
  assert.deepEqual([text, headers['content-type']], [`a${UNICODE}b`, 'application/octet-stream']);
});

test('a promise of a stream is answered like the stream', async (t) => {
  const port = await start(t, async () => Readable.from(['later']));
  assert.equal((await callTask(port, 't')).text, 'later');
});

test('a body of bytes is sent with its status and headers, and only its part of the buffer', async (t) => {
  const body = Buffer.from('before|within|after').subarray(7, 13);
  const port = await start(t, (input) => ({ body: input === 'empty' ? new Uint8Array() : body, ...input }));
  const bare = await callTask(port, 't');
  assert.deepEqual([bare.status, bare.text], [200, 'within']);
  assert.equal(bare.headers['content-type'], 'application/octet-stream');
  const headed = await callTask(port, 't', {
    status: 404,
    contentType: 'image/png',
    headers: { etag: '"1"' },
  });
  assert.deepEqual([headed.status, headed.text], [404, 'within']);
  assert.deepEqual([headed.headers['content-type'], headed.headers['etag']], ['image/png', '"1"']);
  assert.equal((await callTask(port, 't', 'empty')).text, '');
});

test('an iterable of values is lines of JSON, or events for a client that takes them', async (t) => {
  const values = [1, null, 'two\nlines', { text: UNICODE }, [], false];
  const port = await start(t, () => iterable(values));
  const lines = await callTask(port, 't');
  assert.equal(lines.headers['content-type'], 'application/x-ndjson');
  assert.equal(lines.text, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const lists = ['text/event-stream', 'text/html, Text/Event-Stream;q=0.9'];
  for (const accept of lists) {
    const events = await callTask(port, 't', undefined, { headers: { accept } });
    assert.equal(events.headers['content-type'], 'text/event-stream');
    assert.equal(events.headers['cache-control'], 'no-cache');
    assert.equal(events.text, values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(''));
  }
});

test('an iterable of no values is an empty response in both forms', async (t) => {
  const port = await start(t, () => iterable([]));
  for (const headers of [{ accept: '*/*' }, SSE]) {
    const { status, text } = await callTask(port, 't', undefined, { headers });
    assert.deepEqual([status, text], [200, '']);
  }
});

test('a value is with the client before the next one is made', async (t) => {
  const seen = deferred();
  const port = await start(t, async function* () {
    yield 'first';
    await seen.promise;
    yield 'second';
  });
  const client = await connect(t, port);
  await client.write(REQUEST);
  while (!client.unread().includes('"first"')) await client.change();
  seen.resolve();
  assert.equal((await client.response()).body, '"first"\n"second"\n');
});

for (const status of [200, 201, 206, 301, 400, 404, 500, 503, 599]) {
  test(`a stream may have the status ${status}`, async (t) => {
    const port = await start(t, () => ({ stream: Readable.from(['body']), status }));
    const response = await callTask(port, 't');
    assert.deepEqual([response.status, response.text], [status, 'body']);
  });
}

for (const status of [204, 304]) {
  test(`a stream with the status ${status} has no body, ends, and leaves the connection usable`, async (t) => {
    const closed = deferred();
    const stream = new Readable({ read() {} }).once('close', () => closed.resolve());
    const port = await start(t, () => ({ stream, status }));
    const client = await connect(t, port);
    await client.write(REQUEST + requestText({ path: '/__runner/task/ping' }));
    assert.equal((await client.response()).status, status);
    assert.equal((await client.response()).body, '{"ok":true,"result":"pong"}');
    await closed.promise;
  });
}

test('headers that are the server’s own never go out, however they are written', async (t) => {
  const own = {
    'Set-Cookie': 'a=b',
    'ACCESS-CONTROL-allow-origin': 'http://evil.test',
    'access-control-allow-credentials': 'true',
    'X-Content-Type-Options': 'sniff',
    'x-frame-options': 'ALLOWALL',
    connection: 'x-kept',
    'Transfer-Encoding': 'gzip',
    upgrade: 'websocket',
    'x-kept': 'yes',
  };
  const options = { cors: { origin: 'http://a.test' } };
  const port = await start(t, () => ({ stream: Readable.from(['b']), headers: own }), options);
  const { headers, text } = await callTask(port, 't', undefined, {
    headers: { 'x-runner-request-id': 'r-9' },
  });
  assert.deepEqual([text, headers['x-kept'], headers['transfer-encoding']], ['b', 'yes', 'chunked']);
  assert.equal(headers['x-runner-request-id'], 'r-9');
  assert.equal(headers['access-control-allow-origin'], 'http://a.test');
  assert.deepEqual([headers['x-content-type-options'], headers['x-frame-options']], ['nosniff', 'DENY']);
  for (const name of ['set-cookie', 'access-control-allow-credentials', 'upgrade']) {
    assert.equal(headers[name], undefined, name);
  }
  assert.doesNotMatch(headers['connection'] ?? '', /x-kept/);
});

test('content-type among the headers goes before contentType, and drops no other header', async (t) => {
  const headers = { 'x-a': '1', 'Content-Type': 'a/a', 'content-type': 'b/b' };
  const port = await start(t, () => ({ body: Buffer.from('b'), contentType: 'c/c', headers }));
  const response = await callTask(port, 't');
  assert.match(response.headers['content-type'], /^(a\/a|b\/b)$/);
  assert.equal(response.headers['x-a'], '1');
});

test('a result that only looks like a stream is JSON', async (t) => {
  const port = await start(t, (input) => input);
  const inputs = [{ stream: 'text' }, { body: 'text' }, { pipe: 1 }, { stream: {} }, { status: 404 }];
  for (const input of [...inputs, { stream: null }, { stream: false }, { stream: 0 }, { stream: '' }]) {
    const { json } = await callTask(port, 't', input, { signal: AbortSignal.timeout(60_000) });
    assert.deepEqual(json, { ok: true, result: input });
  }
});

test('an event does not stream', async (t) => {
  const { port } = await startServer(t, {}, (server) => server.registerEvent('e', () => iterable([1])));
  assert.equal((await callEvent(port, 'e', { payload: 1 }, { headers: SSE })).text, '{"ok":true}');
  const body = { payload: 1, returnPayload: true };
  assert.equal((await callEvent(port, 'e', body, { headers: SSE })).text, '{"ok":true,"result":{}}');
});

test('a connection serves on after a stream, also what was sent ahead', async (t) => {
  const port = await start(t, (input) => iterable([input]));
  const client = await connect(t, port);
  const ask = (/** @type {number} */ input) =>
    requestText({ path: '/__runner/task/t', body: JSON.stringify({ input }) });
  for (let i = 0; i < 3; i += 1) {
    await client.write(ask(i));
    assert.equal((await client.response()).body, `${i}\n`);
  }
  await client.write(ask(7) + ask(8) + ask(9));
  assert.deepEqual(
    (await client.responses(3)).map(({ body }) => body),
    ['7\n', '8\n', '9\n'],
  );
});

test('a client of HTTP/1.0 gets the stream without chunks, up to the end of the connection', async (t) => {
  const port = await start(t, () => Readable.from(['one ', 'two']));
  const client = await connect(t, port);
  await client.write(REQUEST.replace('HTTP/1.1', 'HTTP/1.0'));
  const { headers, body } = await client.response();
  assert.deepEqual([headers['transfer-encoding'], body], [undefined, 'one two']);
  assert.equal((await client.closed()).error, undefined);
});

test('parts of a response that are null are as if they were left out, and a list is one header for each', async (t) => {
  const { port } = await startServer(t, {}, (server) => {
    server.registerTask('bare', () => ({
      stream: Readable.from(['a']),
      status: null,
      contentType: null,
      headers: null,
    }));
    server.registerTask('list', () => ({ stream: Readable.from(['a']), headers: { 'x-list': ['a', 'b'] } }));
  });
  const bare = await callTask(port, 'bare');
  assert.equal(bare.status, 200);
  assert.equal(bare.headers['content-type'], 'application/octet-stream');
  const list = await callTask(port, 'list');
  assert.deepEqual(
    list.rawHeaders.filter((_text, at) => list.rawHeaders[at - 1] === 'x-list'),
    ['a', 'b'],
  );
});
