// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startBlockable } = require('../helpers/blockable.js');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask, keepAliveAgent } = require('../helpers/http.js');
const { assertServes, errorText, startProbed } = require('../helpers/probe.js');
const { aborted, deferred } = require('../helpers/signal.js');

const SHORT_MS = 100;
const LONG_MS = 2_147_483_647;

/** @param {import('../helpers/http.js').TestResponse} response */
function assertTimedOut(response) {
  assert.equal(response.status, 504);
  assert.equal(response.text, errorText('Handler Timeout', 'HANDLER_TIMEOUT'));
  assert.equal(response.headers['content-type'], 'application/json; charset=utf-8');
}

test('a task over limits.handlerTimeoutMs is 504 HANDLER_TIMEOUT', async (t) => {
  const { port } = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerTask('never', () => new Promise(() => {}));
  });
  assertTimedOut(await callTask(port, 'never'));
  await assertServes(port);
});

test('an event over limits.handlerTimeoutMs is 504 HANDLER_TIMEOUT, with and without returnPayload', async (t) => {
  const { port } = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerEvent('never', () => new Promise(() => {}));
  });
  assertTimedOut(await callEvent(port, 'never', { payload: 1 }));
  assertTimedOut(await callEvent(port, 'never', { payload: 1, returnPayload: true }));
  await assertServes(port);
});

test('the signal of a handler that is over its deadline aborts with a reason', async (t) => {
  /** @type {ReturnType<typeof deferred<unknown>>} */
  const reason = deferred();
  const { port } = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerTask('never', (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      aborted(context.signal).then(reason.resolve);
      return new Promise(() => {});
    });
  });
  assertTimedOut(await callTask(port, 'never'));
  assert.ok((await reason.promise) instanceof Error);
  await assertServes(port);
});

test('timeoutMs of a task or event counts without limits.handlerTimeoutMs', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('never', () => new Promise(() => {}), { timeoutMs: SHORT_MS });
    server.registerEvent('never', () => new Promise(() => {}), { timeoutMs: SHORT_MS });
  });
  assertTimedOut(await callTask(port, 'never'));
  assertTimedOut(await callEvent(port, 'never', {}));
  await assertServes(port);
});

test('timeoutMs of a task overrides limits.handlerTimeoutMs, in both directions', async (t) => {
  const gate = deferred();
  const patient = await startProbed(t, { limits: { handlerTimeoutMs: LONG_MS } }, (server) => {
    server.registerTask('short', () => new Promise(() => {}), { timeoutMs: SHORT_MS });
  });
  assertTimedOut(await callTask(patient.port, 'short'));

  const strict = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerTask('long', () => gate.promise, { timeoutMs: LONG_MS });
    server.registerTask('short', () => new Promise(() => {}));
  });
  const long = callTask(strict.port, 'long');
  // Two calls, one after the other, that reach the deadline which `long` does not have.
  assertTimedOut(await callTask(strict.port, 'short'));
  assertTimedOut(await callTask(strict.port, 'short'));
  gate.resolve();
  assert.equal((await long).text, '{"ok":true}');
});

test('without a deadline a handler may take as long as it likes', async (t) => {
  const gate = deferred();
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('long', () => gate.promise);
    server.registerTask('short', () => new Promise(() => {}), { timeoutMs: SHORT_MS });
  });
  const long = callTask(port, 'long');
  assertTimedOut(await callTask(port, 'short'));
  assertTimedOut(await callTask(port, 'short'));
  gate.resolve();
  assert.equal((await long).text, '{"ok":true}');
});

test('results and errors that come after the deadline are dropped, and the connection serves on', async (t) => {
  const late = deferred();
  const { port } = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerTask('resolves', () => late.promise.then(() => 'late'));
    server.registerTask('rejects', () => late.promise.then(() => Promise.reject(new Error('late'))));
  });
  const agent = keepAliveAgent(t);
  assertTimedOut(await callTask(port, 'resolves', undefined, { agent }));
  assertTimedOut(await callTask(port, 'rejects', undefined, { agent }));
  late.resolve();
  for (let i = 0; i < 10; i += 1) {
    assert.deepEqual((await callTask(port, 'echo', i, { agent })).json, { ok: true, result: i });
  }
});

test('a handler that ends within its deadline is answered, and its signal does not abort later', async (t) => {
  /** @type {AbortSignal[]} */
  const signals = [];
  const { port } = await startProbed(t, { limits: { handlerTimeoutMs: SHORT_MS } }, (server) => {
    server.registerTask('quick', (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      signals.push(context.signal);
      return 'quick';
    });
    server.registerTask('never', () => new Promise(() => {}));
  });
  assert.equal((await callTask(port, 'quick')).json.result, 'quick');
  assertTimedOut(await callTask(port, 'never'));
  assertTimedOut(await callTask(port, 'never'));
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [false],
  );
});

test('a handler that blocks the thread is 504 at its deadline, while the thread is blocked', async (t) => {
  const server = await startBlockable(t, {}, { timeoutMs: SHORT_MS });
  const { response } = await server.block();
  assertTimedOut(await response);
  server.release();
  await assertServes(server.port);
});

test('queued calls whose deadline passes while the thread is blocked are 504 and never run', async (t) => {
  const server = await startBlockable(t, { limits: { handlerTimeoutMs: SHORT_MS } }, { timeoutMs: LONG_MS });
  const { response } = await server.block();
  const queued = await Promise.all(Array.from({ length: 10 }, () => callTask(server.port, 'count')));
  for (const each of queued) assertTimedOut(each);
  server.release();
  assert.equal((await response).json.result, 'released');
  assert.equal(server.runs(), 0);
  assert.deepEqual((await callTask(server.port, 'count')).json, { ok: true, result: 1 });
});
