// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable, Stream } = require('node:stream');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, roundTrips, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { SHORT_LINGER, recordingLogger, startServer } = require('../helpers/server.js');
const { aborted, deferred } = require('../helpers/signal.js');

const REQUEST = requestText({ path: '/__runner/task/t' });
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const MB = 1024 * 1024;
/** Longer than a test may take: a close that resolves under it was not waiting for its deadline. */
const NEVER_MS = 2_147_483_647;

/**
 * A server whose task `t` returns what `make` returns.
 *
 * @param {import('node:test').TestContext} t
 * @param {(context: any) => unknown} make
 */
async function start(t, make) {
  const logger = recordingLogger();
  const { server, port } = await startProbed(t, { logger, limits: SHORT_LINGER }, (made) => {
    made.registerTask('t', (/** @type {unknown} */ _input, /** @type {any} */ context) => make(context));
  });
  return { server, port, logger };
}

/**
 * A source in every form that makes `limit` chunks and then none. `ended` resolves when it is told to stop; `made`
 * counts the chunks.
 *
 * @param {number} limit
 */
function source(limit) {
  const ended = deferred();
  const count = { made: 0 };
  /** @returns {Buffer | undefined} */
  const make = () => {
    if (count.made === limit) return undefined;
    count.made += 1;
    return CHUNK;
  };
  const idle = deferred().promise;
  const forms = {
    destroy: () =>
      new Readable({
        read() {
          const chunk = make();
          if (chunk) this.push(chunk);
        },
        destroy(error, callback) {
          ended.resolve();
          callback(error);
        },
      }),
    'destroy of an old stream': () => {
      const old = Object.assign(new Stream(), { destroy: () => ended.resolve() });
      const emit = () => {
        const chunk = make();
        if (chunk) old.emit('data', chunk);
      };
      setImmediate(emit);
      return old;
    },
    cancel: () =>
      new ReadableStream({
        pull(controller) {
          const chunk = make();
          if (chunk === undefined) return idle;
          controller.enqueue(chunk);
          return undefined;
        },
        cancel: () => ended.resolve(),
      }),
    return: () => ({
      stream: {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            const value = make();
            return value ? Promise.resolve({ done: false, value }) : idle;
          },
          return: async () => ended.resolve(),
        }),
      },
    }),
  };
  return { ended: ended.promise, count, forms };
}

const FORMS = /** @type {const} */ (['destroy', 'destroy of an old stream', 'cancel', 'return']);
const ENDLESS = Number.POSITIVE_INFINITY;

for (const form of FORMS.filter((name) => name !== 'destroy of an old stream')) {
  test(`a client that does not read stops what ends by ${form}, and one that reads on starts it again`, async (t) => {
    const most = 64 * MB;
    const { forms, count } = source((2 * most) / CHUNK.length);
    const { port } = await start(t, () => forms[form]());
    const client = await connect(t, port);
    client.socket.pause();
    await client.write(REQUEST);
    await eventually(t, () => count.made > 0);
    // Flow has stopped when many turns of both threads bring nothing more.
    for (let turns = 0, made = 0; turns < 20; turns += 1) {
      await roundTrips(port);
      await assertServes(port);
      if (count.made !== made) turns = 0;
      made = count.made;
    }
    const stopped = count.made;
    assert.ok(stopped * CHUNK.length < most, `${stopped} chunks were made without a reader`);
    client.socket.resume();
    await eventually(t, () => count.made > stopped + 100);
  });

  test(`a client that leaves while it does not read ends the stream by ${form}`, async (t) => {
    const { forms, count, ended } = source(ENDLESS);
    const { port } = await start(t, () => forms[form]());
    const client = await connect(t, port);
    client.socket.pause();
    await client.write(REQUEST);
    await eventually(t, () => count.made > 0);
    client.reset();
    await ended;
    await assertServes(port);
  });
}

for (const form of FORMS) {
  /** @type {Record<string, number>} */
  const moments = form.endsWith('old stream')
    ? { 'while the source is idle': 1 }
    : { 'while the source is idle': 1, midway: ENDLESS };
  for (const [moment, limit] of Object.entries(moments)) {
    test(`a client that leaves ${moment} ends the stream by ${form} and aborts the signal`, async (t) => {
      const { forms, ended } = source(limit);
      /** @type {ReturnType<typeof deferred<AbortSignal>>} */
      const signal = deferred();
      const { port, logger } = await start(t, (context) => {
        signal.resolve(context.signal);
        return forms[form]();
      });
      const client = await connect(t, port);
      await client.write(REQUEST);
      while (!client.unread().includes('xxx')) await client.change();
      assert.equal((await signal.promise).aborted, false);
      client.destroy();
      await ended;
      assert.equal(/** @type {any} */ (await aborted(await signal.promise)).name, 'AbortError');
      await assertServes(port);
      assert.deepEqual(logger.entries, []);
    });
  }

  test(`a client that left before the response began ends the stream by ${form}`, async (t) => {
    const { forms, ended } = source(ENDLESS);
    /** @type {ReturnType<typeof deferred<AbortSignal>>} */
    const signal = deferred();
    const { port } = await start(t, async (context) => {
      signal.resolve(context.signal);
      await aborted(context.signal);
      return forms[form]();
    });
    const client = await connect(t, port);
    await client.write(REQUEST);
    const left = await signal.promise;
    client.destroy();
    assert.equal(/** @type {any} */ (await aborted(left)).name, 'AbortError');
    await ended;
    await assertServes(port);
  });
}

test('a generator that waits for its signal learns that the client has left', async (t) => {
  const ended = deferred();
  const { port } = await start(t, async function* (context) {
    try {
      yield 'xxx';
      await aborted(context.signal);
    } finally {
      ended.resolve();
    }
  });
  const client = await connect(t, port);
  await client.write(REQUEST);
  while (!client.unread().includes('xxx')) await client.change();
  client.destroy();
  await ended.promise;
});

test('close cuts a stream that runs on at its deadline, and ends its source', async (t) => {
  const { forms, ended } = source(1);
  /** @type {ReturnType<typeof deferred<AbortSignal>>} */
  const signal = deferred();
  const { server, port } = await start(t, (context) => {
    signal.resolve(context.signal);
    return forms.destroy();
  });
  const client = await connect(t, port);
  await client.write(REQUEST);
  while (!client.unread().includes('xxx')) await client.change();
  await server.close({ timeoutMs: 1 });
  await client.closed();
  await assert.rejects(client.response(), /within a response/);
  await ended;
  assert.equal(/** @type {any} */ (await aborted(await signal.promise)).name, 'AbortError');
});

test('close waits for a stream that ends', async (t) => {
  const gate = deferred();
  const { server, port } = await start(t, async function* () {
    yield 'first';
    await gate.promise;
    yield 'second';
  });
  const client = await connect(t, port);
  await client.write(REQUEST);
  while (!client.unread().includes('first')) await client.change();
  const closing = server.close({ timeoutMs: NEVER_MS });
  assert.equal(server.state, 'closing');
  gate.resolve();
  assert.equal((await client.response()).body, '"first"\n"second"\n');
  await closing;
});

test('fifty streams at once keep apart', async (t) => {
  const { port } = await start(t, async function* ({ requestId }) {
    for (let i = 0; i < 100; i += 1) {
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield `${requestId}/${i}`;
    }
  });
  const ids = Array.from({ length: 50 }, (_, n) => `r-${n}`);
  const ask = (/** @type {string} */ id) =>
    callTask(port, 't', 1, { headers: { 'x-runner-request-id': id } });
  for (const [n, { text }] of (await Promise.all(ids.map(ask))).entries()) {
    assert.equal(text, Array.from({ length: 100 }, (_, i) => `"r-${n}/${i}"\n`).join(''));
  }
});

for (const [when, answered] of /** @type {[string, boolean][]} */ ([
  ['before', true],
  ['after', false],
])) {
  test(`a stream that was returned ${when} its server was cut learns that its client has left`, async (t) => {
    const started = deferred();
    const go = deferred();
    const closed = deferred();
    const { server, port } = await startServer(t, {}, (server) => {
      server.registerTask('endless', async () => {
        started.resolve();
        if (!answered) await go.promise;
        const endless = new Readable({ read: () => endless.push(Buffer.alloc(16 * 1024)) });
        return endless.on('close', closed.resolve);
      });
    });
    const client = await connect(t, port);
    client.write(requestText({ path: '/__runner/task/endless' }));
    await started.promise;
    if (answered) await client.change();
    await server.close({ timeoutMs: 0 });
    go.resolve();
    await closed.promise;
  });
}
