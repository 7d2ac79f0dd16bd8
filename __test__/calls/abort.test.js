// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startBlockable } = require('../helpers/blockable.js');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { assertServes, roundTrips, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { aborted, collector, deferred } = require('../helpers/signal.js');

const WAIT = requestText({ path: '/__runner/task/wait', body: '{"input":1}' });

/**
 * A server with a task and an event `wait` whose handlers stay pending; `contexts` collects what they were given.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} [options]
 */
async function startWaiting(t, options = {}) {
  /** @type {ReturnType<typeof collector<any>>} */
  const contexts = collector();
  const gate = deferred();
  const wait = (/** @type {unknown} */ _input, /** @type {any} */ context) => {
    contexts.push(context);
    return gate.promise;
  };
  const { server, port } = await startProbed(t, options, (made) => {
    made.registerTask('wait', wait).registerEvent('wait', wait);
  });
  return { server, port, contexts, finish: () => gate.resolve() };
}

/** @param {unknown} reason */
function assertAbortError(reason) {
  assert.ok(reason instanceof Error);
  assert.equal(reason.name, 'AbortError');
}

for (const leave of /** @type {const} */ (['destroy', 'reset'])) {
  test(`the signal aborts with an AbortError when the client leaves by ${leave}`, async (t) => {
    const { port, contexts } = await startWaiting(t);
    const client = await connect(t, port);
    await client.write(WAIT);
    const [{ signal }] = await contexts.reach(1);
    assert.ok(signal instanceof AbortSignal);
    assert.equal(signal.aborted, false);
    client[leave]();
    assertAbortError(await aborted(signal));
    assert.throws(() => signal.throwIfAborted(), { name: 'AbortError' });
    await assertServes(port);
  });
}

test('the signal of an event aborts when the client leaves', async (t) => {
  const { port, contexts } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/event/wait', body: '{"payload":1}' }));
  const [{ signal }] = await contexts.reach(1);
  client.destroy();
  assertAbortError(await aborted(signal));
  await assertServes(port);
});

test('every read of the signal is the same one', async (t) => {
  const { port, contexts, finish } = await startWaiting(t);
  const response = callTask(port, 'wait');
  const [context] = await contexts.reach(1);
  assert.equal(context.signal, context.signal);
  finish();
  await response;
  assert.equal(context.signal, context.signal);
});

test('a signal that is first read after the client has left is aborted', async (t) => {
  const { port, contexts } = await startWaiting(t);
  const first = await connect(t, port);
  await first.write(WAIT);
  const second = await connect(t, port);
  await contexts.reach(1);
  await second.write(WAIT);
  const [unread, read] = await contexts.reach(2);
  const { signal } = read;
  first.destroy();
  await roundTrips(port);
  second.destroy();
  // The server has noticed that the second client has left, so also the first.
  await aborted(signal);
  await assertServes(port);
  assert.equal(unread.signal.aborted, true);
  assertAbortError(unread.signal.reason);
});

test('the client that leaves aborts its own call alone', async (t) => {
  const { port, contexts, finish } = await startWaiting(t);
  const clients = [];
  for (let i = 0; i < 5; i += 1) {
    const client = await connect(t, port);
    await client.write(WAIT);
    await contexts.reach(i + 1);
    clients.push(client);
  }
  const signals = contexts.items.map((context) => context.signal);
  clients[2].destroy();
  await aborted(signals[2]);
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [false, false, true, false, false],
  );
  finish();
  for (const i of [0, 1, 3, 4]) assert.equal((await clients[i].response()).status, 200);
});

test('the signal aborts while other calls are queued', async (t) => {
  const { port, contexts } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(WAIT);
  const [{ signal }] = await contexts.reach(1);
  client.destroy();
  const calls = Array.from({ length: 100 }, () => callTask(port, 'ping'));
  await aborted(signal);
  for (const response of await Promise.all(calls)) assert.equal(response.status, 200);
});

test('the signal does not abort after a normal response, whatever the client does next', async (t) => {
  /** @type {AbortSignal[]} */
  const signals = [];
  const { server, port } = await startProbed(t, {}, (made) => {
    const keep = (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      signals.push(context.signal);
    };
    made.registerTask('keep', keep).registerEvent('keep', keep);
    made.registerTask('keep-async', async (/** @type {unknown} */ input, /** @type {any} */ context) => {
      await null;
      keep(input, context);
    });
    made.registerTask('keep-and-throw', (/** @type {unknown} */ input, /** @type {any} */ context) => {
      keep(input, context);
      throw new Error('thrown');
    });
  });
  for (const id of ['keep', 'keep-async', 'keep-and-throw']) {
    for (const leave of /** @type {const} */ (['end', 'destroy', 'reset'])) {
      const client = await connect(t, port);
      await client.write(requestText({ path: `/__runner/task/${id}` }));
      await client.response();
      client[leave]();
      await client.closed();
    }
  }
  assert.equal((await callEvent(port, 'keep', {})).status, 200);
  await roundTrips(port);
  await assertServes(port);
  await server.close();
  assert.equal(signals.length, 10);
  for (const signal of signals) assert.equal(signal.aborted, false);
});

test('a signal that is first read after a normal response is not aborted', async (t) => {
  const { port, contexts, finish } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(WAIT);
  const [context] = await contexts.reach(1);
  finish();
  assert.equal((await client.response()).status, 200);
  client.destroy();
  await roundTrips(port);
  await assertServes(port);
  assert.equal(context.signal.aborted, false);
});

test('a listener of the signal that throws is an uncaught exception and harms no call', async (t) => {
  const { port, contexts } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(WAIT);
  const [{ signal }] = await contexts.reach(1);
  const thrown = new Promise((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve);
  });
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  signal.addEventListener('abort', () => {
    throw new Error('thrown by a listener');
  });
  client.destroy();
  assert.equal(/** @type {Error} */ (await thrown).message, 'thrown by a listener');
  await assertServes(port);
});

test('the signal of a call that close cuts aborts', async (t) => {
  const { server, port, contexts } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(WAIT);
  const [{ signal }] = await contexts.reach(1);
  const reason = aborted(signal);
  await server.close({ timeoutMs: 1 });
  assertAbortError(await reason);
});

for (const leave of /** @type {const} */ (['destroy', 'reset'])) {
  test(`queued calls whose clients have left by ${leave} never run`, async (t) => {
    const server = await startBlockable(t, { limits: { headersTimeoutMs: 500 } });
    const { response } = await server.block();
    const clients = [];
    for (let i = 0; i < 50; i += 1) {
      const client = await connect(t, server.port);
      await client.write(requestText({ path: '/__runner/task/count', body: '{"input":1}' }));
      clients.push(client);
    }
    // A client that closes right after its request still gets its response, so these leave later.
    await (await connect(t, server.port)).closed();
    const stays = callTask(server.port, 'count');
    for (const client of clients) client[leave]();
    await Promise.all(clients.map((client) => client.closed()));
    await roundTrips(server.port);
    server.release();
    assert.equal((await response).json.result, 'released');
    assert.deepEqual((await stays).json, { ok: true, result: 1 });
    assert.deepEqual((await callTask(server.port, 'count')).json, { ok: true, result: 2 });
  });
}

test('a result that comes after its client has left is dropped in silence', async (t) => {
  const { port, contexts, finish } = await startWaiting(t);
  const client = await connect(t, port);
  await client.write(WAIT);
  const [{ signal }] = await contexts.reach(1);
  client.destroy();
  await aborted(signal);
  finish();
  for (let i = 0; i < 5; i += 1) await assertServes(port);
});
