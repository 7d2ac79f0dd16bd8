// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { PassThrough } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');
const { connect } = require('../helpers/raw.js');

const OCTETS = { 'content-type': 'application/octet-stream' };

/** @param {number} port @param {string} id @param {Buffer | string} body @param {Record<string, string>} [headers] */
const upload = (port, id, body, headers = OCTETS) =>
  call({ port, path: `/__runner/task/${id}`, headers, body });

/** @param {any} _input @param {any} context */
async function count(_input, { body }) {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
}

test('a task reads an octet-stream body as it arrives, and its input is undefined', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('count', count)
      .registerTask('input', (input, /** @type {any} */ { body }) => [input === undefined, typeof body.pipe]),
  );
  for (const size of [0, 1, 65536, 5_000_000]) {
    assert.equal((await upload(port, 'count', Buffer.alloc(size))).text, `{"ok":true,"result":${size}}`);
  }
  assert.equal((await upload(port, 'input', 'x')).text, '{"ok":true,"result":[true,"function"]}');
});

test('the limit of JSON bodies does not hold for octet-stream bodies', async (t) => {
  const { port } = await startServer(t, { limits: { maxJsonBytes: 10 } }, (server) =>
    server.registerTask('count', count),
  );
  assert.equal((await upload(port, 'count', Buffer.alloc(100_000))).text, '{"ok":true,"result":100000}');
});

test('a body comes back byte for byte through a stream', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('echo', (_input, /** @type {any} */ { body }) => body.pipe(new PassThrough())),
  );
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  const response = await new Promise((resolve, reject) => {
    const request = http.request(
      { port, method: 'POST', path: '/__runner/task/echo', headers: OCTETS },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
      },
    );
    request.on('error', reject);
    request.end(sent);
  });
  assert.ok(sent.equals(response));
});

test('any other call has no body to read', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('json', (_input, { body }) => body === undefined)
      .registerEvent('event', (payload, { body }) => [payload, body === undefined]),
  );
  assert.equal((await upload(port, 'json', '{}', {})).text, '{"ok":true,"result":true}');
  const event = {
    port,
    path: '/__runner/event/event',
    headers: OCTETS,
    body: '{"payload":1,"returnPayload":true}',
  };
  assert.equal((await call(event)).text, '{"ok":true,"result":[1,true]}');
});

for (const [what, handler] of /** @type {[string, (input: any, context: any) => unknown][]} */ ([
  ['never looks at its body', () => 'done'],
  ['looks at its body and does not read it', (_input, { body }) => (body === undefined ? 'none' : 'done')],
  [
    'reads a part of its body',
    async (_input, { body }) => {
      for await (const chunk of body) if (chunk.length > 0) break;
      return 'done';
    },
  ],
])) {
  test(`a task that ${what} is answered, and its connection goes on`, async (t) => {
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', handler).registerTask('next', () => 'next'),
    );
    const raw = await connect(t, port);
    const size = 5_000_000;
    raw.write(
      `POST /__runner/task/t HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\ncontent-length: ${size}\r\n\r\n`,
    );
    raw.write(Buffer.alloc(size));
    raw.write('POST /__runner/task/next HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n');
    assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":"done"}');
    assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":"next"}');
  });
}

test('a client that breaks off does not end a process whose task does not listen for errors', async (t) => {
  const began = deferred();
  const closed = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (_input, /** @type {any} */ { body }) => {
      body.on('data', began.resolve).on('close', closed.resolve);
      return new Promise(() => {});
    }),
  );
  const request = http.request({ port, method: 'POST', path: '/__runner/task/t', headers: OCTETS });
  request.on('error', () => {});
  request.write('some');
  await began.promise;
  request.destroy();
  await closed.promise;
});

test('a client that breaks off its upload ends the body with ECONNRESET', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const began = deferred();
  /** @type {ReturnType<typeof deferred<any>>} */
  const ended = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', async (_input, /** @type {any} */ { body }) => {
      try {
        for await (const chunk of body) began.resolve(chunk);
        ended.resolve('complete');
      } catch (error) {
        ended.resolve(/** @type {any} */ (error).code);
      }
    }),
  );
  const request = http.request({ port, method: 'POST', path: '/__runner/task/t', headers: OCTETS });
  request.on('error', () => {});
  request.write('some');
  await began.promise;
  request.destroy();
  assert.equal(await ended.promise, 'ECONNRESET');
});
