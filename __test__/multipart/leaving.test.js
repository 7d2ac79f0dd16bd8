// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { withEnoughTime } = require('../helpers/enough-time.js');
const { file, form, formHead, manifest, named, textOf } = require('../helpers/form.js');
const { eventually, test } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { SHORT_LINGER, startServer } = require('../helpers/server.js');
const { aborted, deferred } = require('../helpers/signal.js');

const INPUT = manifest({ file: named('F1') });
const BEGUN = INPUT + file('F1', 'one').slice(0, -2);

/**
 * A server whose task `t` reports that it has read from its file, and how that ended.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} [options]
 */
async function serve(t, options) {
  /** @type {ReturnType<typeof deferred<any>>} */
  const began = deferred();
  /** @type {ReturnType<typeof deferred<any>>} */
  const ended = deferred();
  const { port, server } = await startServer(t, options, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file }) => {
      try {
        for await (const chunk of file.stream()) began.resolve(chunk);
        ended.resolve('complete');
      } catch (error) {
        ended.resolve(error);
      }
      return 'response';
    }),
  );
  return { port, server, began: began.promise, ended: ended.promise };
}

for (const [how, leave] of /** @type {[string, (raw: any) => void][]} */ ([
  ['closes its connection', (raw) => raw.destroy()],
  ['resets its connection', (raw) => raw.reset()],
])) {
  test(`a client that ${how} ends its file with ECONNRESET and aborts the signal`, async (t) => {
    const began = deferred();
    /** @type {ReturnType<typeof deferred<any>>} */
    const ended = deferred();
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', async (/** @type {any} */ { file }, { signal }) => {
        try {
          for await (const chunk of file.stream()) if (chunk.length > 0) began.resolve();
        } catch (error) {
          ended.resolve([/** @type {any} */ (error).code, /** @type {any} */ (await aborted(signal)).name]);
        }
      }),
    );
    const raw = await connect(t, port);
    raw.write(formHead('t', 1_000_000) + BEGUN);
    await began.promise;
    leave(raw);
    assert.deepEqual(await ended.promise, ['ECONNRESET', 'AbortError']);
  });
}

test('a client that leaves before the manifest is in starts no task', async (t) => {
  const calls = { count: 0 };
  const { port } = await startServer(t, {}, (server) =>
    server
      .registerTask('t', () => {
        calls.count += 1;
      })
      .registerTask('calls', () => calls.count),
  );
  for (const end of [1, 40, INPUT.length - 3]) {
    const raw = await connect(t, port);
    await raw.write(formHead('t', 1_000) + INPUT.slice(0, end));
    raw.destroy();
  }
  const raw = await connect(t, port);
  raw.write('POST /__runner/task/calls HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n');
  assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":0}');
});

test('a client that leaves does not end a process whose task does not listen for errors', async (t) => {
  const began = deferred();
  const closed = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (/** @type {any} */ { file }) => {
      file.stream().on('data', began.resolve).on('close', closed.resolve);
      return new Promise(() => {});
    }),
  );
  const raw = await connect(t, port);
  raw.write(formHead('t', 1_000_000) + BEGUN);
  await began.promise;
  raw.destroy();
  await closed.promise;
});

test('a client that stalls before the manifest is in gets 408', async (t) => {
  const { port } = await serve(t, { limits: { bodyTimeoutMs: 50 } });
  const raw = await connect(t, port);
  raw.write(formHead('t', 1_000_000) + INPUT);
  const { status, headers } = /** @type {any} */ (await raw.response());
  assert.equal(status, 408);
  assert.equal(headers.connection, 'close');
});

test('a client that stalls within a file ends its stream, and gets 408 once the task is over', (t) =>
  withEnoughTime(async (bodyTimeoutMs) => {
    const { port, began, ended } = await serve(t, { limits: { bodyTimeoutMs } });
    const raw = await connect(t, port);
    raw.write(formHead('t', 1_000_000) + BEGUN);
    assert.equal((await raw.response()).status, 408);
    if ((await Promise.race([began, undefined])) === undefined) return false;
    assert.equal((await ended).code, 'REQUEST_TIMEOUT');
    return true;
  }));

test('a task may take its time over a file that has come', (t) =>
  withEnoughTime(async (bodyTimeoutMs) => {
    const paused = deferred();
    const goOn = deferred();
    const { port } = await startServer(t, { limits: { bodyTimeoutMs } }, (server) =>
      server.registerTask('t', async (/** @type {any} */ { file }) => {
        const stream = file.stream();
        const first = await new Promise((resolve) => {
          stream.once('data', (/** @type {Buffer} */ chunk) => {
            stream.pause();
            resolve(chunk);
          });
        });
        paused.resolve();
        await goOn.promise;
        return first.length + (await textOf(stream)).length;
      }),
    );
    const raw = await connect(t, port);
    const body = form(INPUT, file('F1', 'x'.repeat(3_000_000)));
    raw.write(formHead('t', body.length) + body);
    const response = raw.response();
    if (await Promise.race([paused.promise, response])) return false;
    // A client that stalls is cut meanwhile.
    const stalled = await connect(t, port);
    stalled.write(formHead('t', 1_000_000) + INPUT);
    assert.equal((await stalled.response()).status, 408);
    goOn.resolve();
    const { status, json } = await response;
    if (status === 408) return false;
    assert.deepEqual(json, { ok: true, result: 3_000_000 });
    return true;
  }));

test('a server that closes waits for a form, and cuts one that takes too long', async (t) => {
  const first = await serve(t, { limits: SHORT_LINGER });
  const raw = await connect(t, first.port);
  const rest = '\r\n--frontier--\r\n';
  raw.write(formHead('t', BEGUN.length + rest.length) + BEGUN);
  await first.began;
  const closed = first.server.close();
  raw.write(rest);
  const { status, headers } = /** @type {any} */ (await raw.response());
  assert.deepEqual([status, headers.connection], [200, 'close']);
  await closed;
  const second = await serve(t);
  const stalled = await connect(t, second.port);
  stalled.write(formHead('t', 1_000_000) + BEGUN);
  await second.began;
  await second.server.close({ timeoutMs: 0 });
  assert.equal((await second.ended).code, 'ECONNRESET');
});

test('a client that leaves a task that does not read is noticed as soon as it does', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const started = deferred();
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', (/** @type {any} */ { file }) => {
      started.resolve(file.stream());
      return new Promise(() => {});
    }),
  );
  const raw = await connect(t, port);
  raw.write(formHead('t', 10_000_000) + INPUT + file('F1', 'x'.repeat(1_000_000)));
  const stream = await started.promise;
  raw.destroy();
  await assert.rejects(textOf(stream), { code: 'ECONNRESET' });
  await eventually(t, () => stream.destroyed);
});
