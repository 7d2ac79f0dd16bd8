// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask, keepAliveAgent } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

test('a handler that registers and unregisters handlers changes what the next call reaches', async (t) => {
  const { server, port } = await startProbed(t, {}, (made) => {
    made.registerTask('swap', (/** @type {string} */ id) => {
      const had = made.unregisterTask(id);
      if (!had) made.registerTask(id, () => `made: ${id}`);
      return had;
    });
  });
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await callTask(port, 'swap', 'other')).json.result, false);
    assert.equal((await callTask(port, 'other')).json.result, 'made: other');
    assert.equal((await callTask(port, 'swap', 'other')).json.result, true);
    assert.equal((await callTask(port, 'other')).status, 404);
  }
  assert.deepEqual(await server.getTaskIds(), ['ping', 'echo', 'swap']);
});

test('a handler that unregisters itself still completes its call, and is gone for the next call', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('once', async () => {
      server.unregisterTask('once');
      await new Promise((resolve) => setImmediate(resolve));
      return 'once';
    });
  });
  assert.equal((await callTask(port, 'once')).json.result, 'once');
  assert.equal((await callTask(port, 'once')).status, 404);
  await assertServes(port);
});

test('a thousand handlers that come and go while calls run give every call its own response', async (t) => {
  const { server, port } = await startProbed(t);
  const agent = keepAliveAgent(t, 8);
  for (let i = 0; i < 200; i += 1) {
    const ids = Array.from({ length: 5 }, (_, n) => `t-${i}-${n}`);
    for (const id of ids) server.registerTask(id, () => id);
    const calls = ids.map((id) => callTask(port, id, undefined, { agent }));
    server.unregisterTask(ids[2]);
    const responses = await Promise.all(calls);
    responses.forEach((response, n) => {
      if (response.status === 200) assert.equal(response.json.result, ids[n]);
      else assert.deepEqual([response.status, n], [404, 2]);
    });
    for (const id of ids) server.unregisterTask(id);
  }
  await assertServes(port);
});

test('a handler that closes its own server is answered', async (t) => {
  const { server, port } = await startServer(t, {}, (made) => {
    made.registerTask('close', () => {
      made.close();
      return 'closing';
    });
  });
  const response = await callTask(port, 'close');
  assert.deepEqual(response.json, { ok: true, result: 'closing' });
  assert.equal(response.headers.connection, 'close');
  await server.close();
  assert.equal(server.state, 'closed');
});

test('a handler that waits for the close of its own server is cut at the deadline', async (t) => {
  const { server, port } = await startServer(t, {}, (made) => {
    made.registerTask('close', () => made.close({ timeoutMs: 1 }));
  });
  await assert.rejects(callTask(port, 'close'));
  await server.close();
  assert.equal(server.state, 'closed');
});

test('a handler that changes its input, its context or its headers changes no other call', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('spoil', (/** @type {any} */ input, /** @type {any} */ context) => {
      input.spoiled = true;
      for (const key of [
        'id',
        'kind',
        'requestId',
        'headers',
        'method',
        'path',
        'remoteAddress',
        'signal',
        'more',
      ]) {
        Reflect.set(context, key, 'spoiled');
        Reflect.deleteProperty(context, key);
      }
      Object.freeze(context);
      Object.setPrototypeOf(input, null);
      return 'spoiled';
    });
    server.registerTask('look', (/** @type {any} */ input, /** @type {any} */ context) => [
      input.spoiled ?? null,
      context.id,
      context.kind,
      context.method,
      context.path,
      typeof context.headers,
      context.signal instanceof AbortSignal,
    ]);
  });
  const agent = keepAliveAgent(t);
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await callTask(port, 'spoil', {}, { agent })).json.result, 'spoiled');
    const { result } = (await callTask(port, 'look', {}, { agent })).json;
    assert.deepEqual(result, [null, 'look', 'task', 'POST', '/__runner/task/look', 'object', true]);
  }
});

test('calls still work after a handler has replaced or deleted globals', async (t) => {
  const child = startChild(t, async ({ makeServer, TunnelError, send }) => {
    const server = makeServer({ limits: { handlerTimeoutMs: 1_000_000 } });
    server.registerTask('patch', () => {
      const trap = () => process.exit(3);
      Object.assign(JSON, { parse: trap, stringify: trap });
      const doomed = ['JSON', 'AbortController', 'AbortSignal', 'Buffer', 'setImmediate', 'queueMicrotask'];
      for (const name of doomed) Reflect.deleteProperty(globalThis, name);
      return 'patched';
    });
    server.registerTask('echo', (/** @type {unknown} */ input) => input);
    server.registerTask('async', async (/** @type {unknown} */ input) => input);
    server.registerTask(
      'signal',
      (/** @type {unknown} */ _input, /** @type {any} */ context) => context.signal.aborted,
    );
    server.registerTask('typed', () => {
      throw new TunnelError({ message: 'typed', code: 'TYPED', httpCode: 418 });
    });
    server.registerTask('fail', () => {
      throw new Error('fail');
    });
    server.registerEvent('event', () => {});
    send(await server.listen());
  });
  const { port } = await child.next();
  assert.equal((await callTask(port, 'echo', [1])).text, '{"ok":true,"result":[1]}');
  await callTask(port, 'patch').catch(() => {});
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await callTask(port, 'echo', [1])).text, '{"ok":true,"result":[1]}');
    assert.equal((await callTask(port, 'async', [1])).text, '{"ok":true,"result":[1]}');
    assert.equal((await callTask(port, 'signal')).text, '{"ok":true,"result":false}');
    assert.equal((await callTask(port, 'typed')).status, 418);
    assert.equal((await callTask(port, 'fail')).status, 500);
    assert.equal((await callEvent(port, 'event', { payload: 1, returnPayload: true })).json.result, 1);
  }
});

test('a polluted Object.prototype changes no response', async (t) => {
  const child = startChild(t, async ({ makeServer, send }) => {
    const server = makeServer();
    server.registerTask('pollute', () => {
      Object.assign(Object.prototype, {
        result: 'p',
        error: 'p',
        input: 'p',
        signal: 'p',
        timeoutMs: 1,
        httpCode: 1,
      });
      return 'polluted';
    });
    server.registerTask('echo', (/** @type {unknown} */ input) => input);
    server.registerTask('fail', () => {
      throw new Error('fail');
    });
    send(await server.listen());
  });
  const { port } = await child.next();
  assert.equal((await callTask(port, 'pollute')).json.result, 'polluted');
  const path = '/__runner/task/echo';
  assert.equal(
    (await callTask(port, 'echo', undefined, { path, body: '{}' })).text,
    '{"ok":true,"result":{}}',
  );
  assert.equal((await callTask(port, 'echo', undefined, { path, body: '' })).text, '{"ok":true}');
  const failed = await callTask(port, 'fail');
  assert.equal(failed.text, '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}');
});

test('a handler that makes calls to its own server under load is answered', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('count-down', async (/** @type {number} */ input) => {
      if (input === 0) return 'bottom';
      return (await callTask(server.address().port, 'count-down', input - 1)).json.result;
    });
  });
  const responses = await Promise.all(Array.from({ length: 20 }, () => callTask(port, 'count-down', 10)));
  for (const response of responses) assert.deepEqual(response.json, { ok: true, result: 'bottom' });
});

test('ten thousand pending handlers whose clients leave are forgotten', async (t) => {
  let started = 0;
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('never', () => {
      started += 1;
      return new Promise(() => {});
    });
  });
  for (let round = 0; round < 20; round += 1) {
    const clients = await Promise.all(Array.from({ length: 500 }, () => connect(t, port)));
    const before = started;
    await Promise.all(clients.map((client) => client.write(requestText({ path: '/__runner/task/never' }))));
    while (started < before + clients.length) await assertServes(port);
    for (const client of clients) client.destroy();
  }
  assert.equal(started, 10_000);
  await assertServes(port);
});
