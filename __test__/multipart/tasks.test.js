// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { PassThrough, Writable } = require('node:stream');
const { callForm, END, file, FORM, form, formHead, manifest, named, textOf } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { startServer, TunnelError } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

const INPUT = manifest({ file: named('F1') });
const LARGE = 'x'.repeat(5_000_000);

for (const [what, handler] of /** @type {[string, (file: any) => unknown][]} */ ([
  ['never looks at its file', () => 'done'],
  ['asks for its file and does not read it', (file) => (file.stream() === undefined ? 'none' : 'done')],
  [
    'reads a part of its file',
    async (file) => {
      for await (const chunk of file.stream()) if (chunk.length > 0) break;
      return 'done';
    },
  ],
  [
    'reads a part of its file and pauses',
    async (file) => {
      const stream = file.stream();
      stream.on('data', () => stream.pause());
      await once(stream, 'data');
      return 'done';
    },
  ],
  [
    'reads one chunk by hand',
    async (file) => {
      const stream = file.stream();
      await once(stream, 'readable');
      stream.removeAllListeners('readable');
      return stream.read() === null ? 'nothing' : 'done';
    },
  ],
  [
    'destroys its file',
    (file) => {
      file.stream().destroy();
      return 'done';
    },
  ],
  [
    'destroys its file with an error',
    (file) => {
      file.stream().destroy(new Error('not wanted'));
      return 'done';
    },
  ],
])) {
  test(`a task that ${what} is answered, and its connection goes on`, async (t) => {
    // The rest of the body is not waited for.
    const limits = { bodyTimeoutMs: 2 ** 31 - 1 };
    const { port } = await startServer(t, { limits }, (server) =>
      server
        .registerTask('t', (/** @type {any} */ { file }) => handler(file))
        .registerTask('next', () => 'next'),
    );
    const raw = await connect(t, port);
    const body = form(INPUT, file('F1', LARGE), file('F2', LARGE));
    raw.write(formHead('t', body.length) + body);
    raw.write('POST /__runner/task/next HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n');
    assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":"done"}');
    assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":"next"}');
  });
}

test('a task starts with the manifest, and reads its file as it arrives', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const started = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file }) => {
      const stream = file.stream();
      started.resolve(stream);
      return textOf(stream);
    }),
  );
  const raw = await connect(t, port);
  const begun = file('F1', 'one').slice(0, -2);
  raw.write(`${formHead('t', `${INPUT}${begun}\r\n${END}`.length)}${INPUT}--frontier`);
  const stream = await started.promise;
  assert.equal(stream.readableLength, 0);
  const first = once(stream, 'data');
  raw.write(begun.slice('--frontier'.length));
  assert.equal(String((await first)[0]), 'one');
  raw.write(`\r\n${END}`);
  const response = await raw.response();
  assert.equal(response.status, 200);
});

test('a response waits for the end of the form, unless it is streamed', async (t) => {
  const ran = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('value', () => {
        setImmediate(ran.resolve);
        return 'early';
      })
      .registerTask('stream', (/** @type {any} */ { file }) => ({
        stream: file.stream(),
        contentType: 'text/plain',
      })),
  );
  const begun = INPUT + file('F1', 'one').slice(0, -2);
  const rest = `\r\n${END}`;
  const value = await connect(t, port);
  value.write(formHead('value', begun.length + rest.length) + begun);
  await ran.promise;
  const stream = await connect(t, port);
  stream.write(formHead('stream', begun.length + rest.length) + begun);
  // By now the other response would have come, too.
  while (!stream.unread().includes('one')) await stream.change();
  assert.equal(value.length, 0);
  value.write(rest);
  stream.write(rest);
  assert.equal((await value.response()).body.toString(), '{"ok":true,"result":"early"}');
  assert.equal((await stream.response()).body.toString(), 'one');
});

test('what a task throws is the response, unless the form is none', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('typed', () => {
        throw new TunnelError({ message: 'no', code: 'NO', httpCode: 409 });
      })
      .registerTask('other', () => {
        throw new Error('secret');
      })
      .registerTask('stream', (/** @type {any} */ { file }) => textOf(file.stream())),
  );
  const good = form(INPUT, file('F1', 'one'));
  const bad = good.slice(0, -4);
  for (const [id, status, code] of /** @type {[string, number, string][]} */ ([
    ['typed', 409, 'NO'],
    ['other', 500, 'INTERNAL_ERROR'],
  ])) {
    const response = await callForm(port, id, good);
    assert.deepEqual([response.status, response.json.error.code], [status, code]);
    assert.equal((await callForm(port, id, bad)).json.error.code, 'INVALID_MULTIPART');
  }
  assert.equal((await callForm(port, 'stream', bad)).json.error.code, 'INVALID_MULTIPART');
});

test('a file that is piped when its task returns is written to its end, however slowly', async (t) => {
  /** @type {ReturnType<typeof deferred<number>>} */
  const written = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file }) => {
      const begun = deferred();
      let bytes = 0;
      const slow = new Writable({
        highWaterMark: 1,
        write: (chunk, _encoding, done) => {
          bytes += chunk.length;
          begun.resolve();
          setImmediate(done);
        },
        final: (done) => {
          written.resolve(bytes);
          done();
        },
      });
      file.stream().pipe(slow);
      // The source is paused now, until the chunk is written.
      await begun.promise;
    }),
  );
  assert.equal((await callForm(port, 't', form(INPUT, file('F1', LARGE)))).status, 200);
  assert.equal(await written.promise, LARGE.length);
});

test('a file that is written to disk when its task returns is written to its end', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const written = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (/** @type {any} */ { file }) => {
      file.toTempFile().then(written.resolve, written.reject);
    }),
  );
  assert.equal((await callForm(port, 't', form(INPUT, file('F1', LARGE)))).status, 200);
  const { path, bytesWritten } = await written.promise;
  t.after(() => require('node:fs').rmSync(path));
  assert.equal(bytesWritten, LARGE.length);
});

test('a file comes back byte for byte through a stream', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (/** @type {any} */ { file }) => file.stream().pipe(new PassThrough())),
  );
  const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251));
  const request = http.request({
    port,
    method: 'POST',
    path: '/__runner/task/t',
    headers: FORM,
    agent: false,
  });
  const [head, tail] = form(INPUT, file('F1', '…')).split('…');
  request.end(Buffer.concat([Buffer.from(head), sent, Buffer.from(tail)]));
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  assert.ok(sent.equals(Buffer.concat(chunks)));
});

test('several files are read one after the other', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', async (/** @type {any} */ { files }) => {
      const sizes = [];
      for (const file of files) sizes.push((await textOf(file.stream())).length);
      return sizes;
    }),
  );
  const ids = ['F1', 'F2', 'F3', 'F4'];
  const body = form(
    manifest({ files: ids.map((id) => named(id)) }),
    ...ids.map((id, index) => file(id, 'x'.repeat(index * 200_000))),
  );
  assert.deepEqual((await callForm(port, 't', body)).json.result, [0, 200_000, 400_000, 600_000]);
});

test('a form for a task that was taken away meanwhile is 404', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', () => 'never').registerTask('away', () => server.unregisterTask('t')),
  );
  const body = form(INPUT, file('F1', LARGE));
  assert.equal((await callForm(port, 'away', form(manifest({})))).json.result, true);
  assert.equal((await callForm(port, 't', body)).status, 404);
});

test('a task that takes too long is 504, and the streams of its files fail', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const broken = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (/** @type {any} */ { file }) => textOf(file.stream()).catch(broken.resolve), {
      timeoutMs: 50,
    }),
  );
  const raw = await connect(t, port);
  raw.write(formHead('t', 1_000_000) + INPUT + file('F1', 'one'));
  assert.equal((await raw.response()).status, 504);
  assert.equal((await broken.promise).code, 'ECONNRESET');
});
