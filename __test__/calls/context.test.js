// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { contextServer } = require('../helpers/contexts.js');
const { call, callEvent, callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the context', () => {
  it('of a task has its id, kind, method and path', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callTask(port, 't', 1);
    const [{ id, kind, method, path }] = contexts;
    assert.deepEqual(
      { id, kind, method, path },
      { id: 't', kind: 'task', method: 'POST', path: '/__runner/task/t' },
    );
  });

  it('of an event has its id, kind, method and path', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callEvent(port, 'e', { payload: 1 });
    const [{ id, kind, method, path }] = contexts;
    assert.deepEqual(
      { id, kind, method, path },
      { id: 'e', kind: 'event', method: 'POST', path: '/__runner/event/e' },
    );
  });

  it('has the decoded id, and the path as it was received', async (t) => {
    const { port, contexts } = await contextServer(t);
    const path = '/x/../__runner//task/./a%2Fb/?q=%20&r#f';
    await call({ port, path });
    assert.equal(contexts[0].id, 'a/b');
    assert.equal(contexts[0].path.replace(/#f$/, ''), path.replace(/#f$/, ''));
  });

  it("has the request's own id, trimmed", async (t) => {
    const { port, contexts } = await contextServer(t);
    const response = await callTask(port, 't', 1, { headers: { 'x-runner-request-id': ' mine-1 ' } });
    assert.equal(contexts[0].requestId, 'mine-1');
    assert.equal(response.headers['x-runner-request-id'], 'mine-1');
  });

  it('has the id that was made, the same as in the response', async (t) => {
    const { port, contexts } = await contextServer(t);
    const response = await callTask(port, 't', 1);
    assert.match(contexts[0].requestId, UUID);
    assert.equal(response.headers['x-runner-request-id'], contexts[0].requestId);
  });

  it('has another made id for every request', async (t) => {
    const { port, contexts } = await contextServer(t);
    for (let i = 0; i < 50; i += 1) await callTask(port, 't', i);
    assert.equal(new Set(contexts.map((context) => context.requestId)).size, 50);
  });

  it('has the address of the peer', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callTask(port, 't', 1, { headers: { 'x-forwarded-for': '10.1.2.3' } });
    assert.equal(contexts[0].remoteAddress, '127.0.0.1');
  });

  it('has a signal that is not aborted, and is the same each time', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callTask(port, 't', 1);
    assert.ok(contexts[0].signal instanceof AbortSignal);
    assert.equal(contexts[0].signal.aborted, false);
    assert.equal(contexts[0].signal, contexts[0].signal);
  });

  it('has a signal that stays as it is after a normal response, when the client leaves', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    await client.write(requestText({ path: '/__runner/task/t', body: '1' }));
    await client.response();
    const { signal } = contexts[0];
    client.reset();
    await callTask(port, 't', 1);
    assert.equal(signal.aborted, false);
  });

  it('can be read after the response for the first time', async (t) => {
    const { port, contexts } = await contextServer(t);
    const response = await callTask(port, 't', 1, {
      path: '/__runner/task/t?late=1',
      headers: { 'x-a': 'kept', 'x-runner-request-id': 'late' },
    });
    assert.equal(response.text, '{"ok":true,"result":"done"}');
    const [context] = contexts;
    assert.equal(context.headers['x-a'], 'kept');
    assert.equal(context.path, '/__runner/task/t?late=1');
    assert.equal(context.requestId, 'late');
    assert.equal(context.remoteAddress, '127.0.0.1');
    assert.equal(context.method, 'POST');
    assert.equal(context.signal.aborted, false);
  });

  it('can be read after the server is closed', async (t) => {
    /** @type {import('../../index.js').CallContext[]} */
    const contexts = [];
    const { server, port } = await startServer(t, {}, (made) =>
      made.registerTask('t', (_input, context) => {
        contexts.push(context);
      }),
    );
    await callTask(port, 't', 1, { headers: { 'x-a': 'kept' } });
    await server.close();
    assert.equal(contexts[0].headers['x-a'], 'kept');
    assert.equal(contexts[0].id, 't');
    assert.equal(contexts[0].signal.aborted, false);
  });

  it('has the same headers object each time', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callTask(port, 't', 1);
    assert.equal(contexts[0].headers, contexts[0].headers);
  });

  it('can be destructured in the parameters of a handler', async (t) => {
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', (_input, { id, kind, requestId }) => ({ id, kind, requestId })),
    );
    const response = await callTask(port, 't', 1, { headers: { 'x-runner-request-id': 'r' } });
    assert.equal(response.text, '{"ok":true,"result":{"id":"t","kind":"task","requestId":"r"}}');
  });

  it('is the second of two arguments', async (t) => {
    /** @type {unknown[][]} */
    const seen = [];
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', (...args) => {
        seen.push(args);
      }),
    );
    await callTask(port, 't', { a: 1 });
    assert.equal(seen[0].length, 2);
    assert.deepEqual(seen[0][0], { a: 1 });
  });
});

describe('two calls at a time', () => {
  it('never see the context of each other', async (t) => {
    const both = deferred();
    let inside = 0;
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', async (input, context) => {
        const early = context.headers['x-n'];
        inside += 1;
        if (inside === 2) both.resolve();
        await both.promise;
        return {
          input,
          early,
          late: context.headers['x-n'],
          path: context.path,
          requestId: context.requestId,
        };
      }),
    );
    const calls = ['1', '2'].map((n) =>
      callTask(port, 't', n, {
        path: `/__runner/task/t?n=${n}`,
        headers: { 'x-n': n, 'x-runner-request-id': `r${n}` },
      }),
    );
    const responses = await Promise.all(calls);
    responses.forEach((response, index) => {
      const n = String(index + 1);
      assert.deepEqual(response.json.result, {
        input: n,
        early: n,
        late: n,
        path: `/__runner/task/t?n=${n}`,
        requestId: `r${n}`,
      });
    });
  });

  it('keep apart although they are pipelined on one connection', async (t) => {
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', async (input, context) => {
        await Promise.resolve();
        return [input, context.headers['x-n'], context.requestId];
      }),
    );
    const client = await connect(t, port);
    const requests = Array.from({ length: 50 }, (_, n) =>
      requestText({
        path: '/__runner/task/t',
        headers: { 'x-n': String(n), 'x-runner-request-id': `r${n}` },
        body: String(n),
      }),
    );
    await client.write(requests.join(''));
    const responses = await client.responses(50);
    assert.deepEqual(
      responses.map((response) => response.json.result),
      requests.map((_, n) => [n, String(n), `r${n}`]),
    );
  });

  it('have signals of their own', async (t) => {
    /** @type {AbortSignal[]} */
    const signals = [];
    const both = deferred();
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', async (_input, { signal }) => {
        signals.push(signal);
        if (signals.length === 2) both.resolve();
        await both.promise;
      }),
    );
    await Promise.all([callTask(port, 't', 1), callTask(port, 't', 2)]);
    assert.notEqual(signals[0], signals[1]);
  });
});
