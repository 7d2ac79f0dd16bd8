// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callForm, file, form, manifest, named } = require('../helpers/form.js');
const { call, callTask } = require('../helpers/http.js');
const { startThreads } = require('../helpers/pool.js');
const { connect, requestText } = require('../helpers/raw.js');

const OCTETS = { 'content-type': 'application/octet-stream' };
const BYTES = 5_000_000;

/** @param {import('../helpers/pool.js').ThreadWorld} world */
function serve({ worker, Readable, send, aborted }) {
  worker
    .registerTask('bytes', (/** @type {number} */ length) =>
      Readable.from(
        (function* () {
          for (let left = length; left > 0; left -= 50_000) yield Buffer.alloc(Math.min(left, 50_000), 'x');
        })(),
      ),
    )
    .registerTask('lines', async function* () {
      yield { n: 1 };
      yield { n: 2 };
    })
    .registerTask('count', async (_, { body }) => {
      let bytes = 0;
      for await (const chunk of body ?? []) bytes += chunk.length;
      return bytes;
    })
    .registerTask('echo-body', (_, { body }) => body)
    .registerTask('files', async (/** @type {any} */ { one, two }) => {
      const textOf = async (/** @type {any} */ part) => {
        let text = '';
        for await (const chunk of part.stream()) text += chunk;
        return text.length;
      };
      return [one.name, await textOf(one), two.name, await textOf(two)];
    })
    .registerTask('endless', (_, { signal }) => {
      aborted(signal).then(() => send('aborted'));
      return new Readable({
        read() {
          this.push(Buffer.alloc(1000));
        },
      });
    })
    .registerTask('wait', async (_, { signal }) => {
      send('waiting');
      const reason = /** @type {any} */ (await aborted(signal));
      send(reason.name);
    })
    .registerTask('broken', () =>
      Readable.from(
        (function* () {
          yield Buffer.from('begun');
          throw new Error('broken off');
        })(),
      ),
    )
    .registerTask('pid', () => process.pid)
    .ready();
}

test('a thread responds with a stream of bytes', async (t) => {
  const { port } = await startThreads(t, serve);
  const { status, text } = await callTask(port, 'bytes', BYTES);
  assert.equal(status, 200);
  assert.equal(text, 'x'.repeat(BYTES));
});

test('a thread responds with server-sent events', async (t) => {
  const { port } = await startThreads(t, serve);
  const { headers, text } = await callTask(port, 'lines', null, { headers: { accept: 'text/event-stream' } });
  assert.match(headers['content-type'], /^text\/event-stream/);
  assert.equal(text, 'data: {"n":1}\n\ndata: {"n":2}\n\n');
});

test('a thread reads a body as it arrives, and sends it back', async (t) => {
  const { port } = await startThreads(t, serve);
  const body = Buffer.alloc(BYTES, 'y');
  const counted = await call({ port, path: '/__runner/task/count', headers: OCTETS, body });
  assert.deepEqual(counted.json, { ok: true, result: BYTES });
  const echoed = await call({ port, path: '/__runner/task/echo-body', headers: OCTETS, body });
  assert.ok(echoed.text === body.toString());
});

test('a thread reads the files of a form', async (t) => {
  const { port } = await startThreads(t, serve);
  const body = form(
    manifest({ one: named('F1'), two: named('F2') }),
    file('F1', 'a'.repeat(1_000_000)),
    file('F2', 'b'.repeat(10)),
  );
  assert.deepEqual((await callForm(port, 'files', body)).json, {
    ok: true,
    result: ['F1.bin', 1_000_000, 'F2.bin', 10],
  });
});

test('the signal of a call in a thread aborts when its client leaves', async (t) => {
  const { port, next } = await startThreads(t, serve);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/wait' }));
  assert.equal(await next(), 'waiting');
  client.destroy();
  assert.equal(await next(), 'AbortError');
});

test('the signal of a streamed response of a thread aborts when its client leaves', async (t) => {
  const { port, next } = await startThreads(t, serve);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/endless' }));
  await client.response({ head: true });
  client.destroy();
  assert.equal(await next(), 'aborted');
  assert.equal((await callTask(port, 'pid')).json.result, process.pid);
});

test('the signal aborts when the deadline has passed', async (t) => {
  const { port, next } = await startThreads(t, serve, { server: { limits: { handlerTimeoutMs: 10 } } });
  assert.equal((await callTask(port, 'wait')).json.error.code, 'HANDLER_TIMEOUT');
  assert.equal(await next(), 'waiting');
  assert.equal(await next(), 'TimeoutError');
});

test('a stream of a thread that breaks off cuts its response', async (t) => {
  const { port } = await startThreads(t, serve);
  await assert.rejects(callTask(port, 'broken'));
});

test('a thread that is lost cuts the responses that it was streaming', async (t) => {
  const { port, pool } = await startThreads(t, serve, { pool: { drainTimeoutMs: 0 } });
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/endless' }));
  await client.response({ head: true });
  const closed = pool.close({ timeoutMs: 0 });
  await client.closed();
  await closed;
});
