// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { PassThrough } = require('node:stream');
const { test, eventually } = require('../helpers/guarded.js');
const { callEvent } = require('../helpers/http.js');
const { countRuns, logged, peer, startNativeApp } = require('../helpers/native-app.js');
const { connect, requestText } = require('../helpers/raw.js');
const { SHORT_LINGER } = require('../helpers/server.js');
const { event, task } = require('../helpers/runner-app.js');
const { aborted, deferred } = require('../helpers/signal.js');

const { r, useExposureContext } = peer;

/** @param {string} id @param {(input: any) => any} [body] */
const exposed = (id, body) => task(`test.tasks.${id}`, body);

test('plain values never meet the serializer, typed ones do', async (t) => {
  const items = [exposed('echo'), exposed('date', async () => new Date(0))];
  const { call, runtime } = await startNativeApp(t, items);
  const serializer = runtime.getResourceValue(peer.globals.resources.serializer);
  const runs = countRuns(serializer);
  const plain = { text: 'a "b" \u00fc', list: [1, -0.5, null, { deep: [true] }], '': {} };
  assert.deepEqual((await call('echo', plain)).json, { ok: true, result: plain });
  assert.equal(runs(), 0);
  assert.equal(
    (await call('date')).text,
    '{"ok":true,"result":{"__type":"Date","value":"1970-01-01T00:00:00.000Z"}}',
  );
  assert.equal(runs(), 1);
  await call('echo', { __type: 'Date', value: '1970-01-01T00:00:00.000Z' });
  assert.ok(runs() > 1);
});

test('a serializer that is not of Runner sees every document', async (t) => {
  const shouting = r
    .resource(peer.globals.resources.serializer.id)
    .init(async () => ({
      parse: (/** @type {string} */ text) => ({ input: text.toUpperCase() }),
      stringify: (/** @type {any} */ { ok, result }) => `${ok}: ${result}`,
    }))
    .build();
  const override = r.resource('test.override').overrides([shouting]).build();
  const { call } = await startNativeApp(t, [exposed('echo'), override]);
  const { status, text } = await call('echo', undefined, { body: 'no JSON' });
  assert.deepEqual({ status, text }, { status: 200, text: 'true: NO JSON' });
});

test('a client that leaves cancels the task, and is not logged', async (t) => {
  const [started, over] = [deferred(), deferred()];
  /** @type {ReturnType<typeof deferred<unknown>>} */
  const reason = deferred();
  const slow = exposed('slow', async () => {
    const { signal } = useExposureContext();
    started.resolve();
    try {
      reason.resolve(await aborted(signal));
      signal.throwIfAborted();
    } finally {
      over.resolve();
    }
  });
  const { port, logs, call } = await startNativeApp(t, [slow, exposed('echo')]);
  const client = await connect(t, port);
  client.write(requestText({ path: '/__runner/task/test.tasks.slow', body: '{}' }));
  await started.promise;
  client.destroy();
  assert.ok(peer.cancellationError.is(await reason.promise));
  await over.promise;
  await call('echo', 1);
  assert.deepEqual(logged(logs, 'exposure.task.error'), []);
});

test('a task can have the signal and the request, in any order', async (t) => {
  const both = exposed('both', async (input) => {
    const context = useExposureContext();
    const parts = input === 'signal' ? [context.signal, context.req] : [context.req, context.signal];
    await new Promise((resolve) => setImmediate(resolve));
    return parts.map((part) => part.aborted);
  });
  const { call } = await startNativeApp(t, [both]);
  for (const first of ['signal', 'req'])
    assert.deepEqual((await call('both', first)).json.result, [false, false]);
});

test('a task that cancels itself is answered 499', async (t) => {
  const stop = exposed('stop', async () => peer.cancellationError.throw({ reason: 'enough' }));
  const { call } = await startNativeApp(t, [stop]);
  const { status, text } = await call('stop');
  assert.equal(status, 499);
  assert.equal(text, '{"ok":false,"error":{"message":"Client Closed Request","code":"REQUEST_ABORTED"}}');
});

test('a task that fails after it began to respond cuts the connection, and is logged; the server lives', async (t) => {
  const half = exposed('half', async () => {
    const { res } = useExposureContext();
    res.writeHead(200, { 'content-length': '10' });
    res.write('half');
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('midway');
  });
  const { port, logs, call } = await startNativeApp(t, [half, exposed('echo')], {
    native: { limits: SHORT_LINGER },
  });
  const client = await connect(t, port);
  client.write(requestText({ path: '/__runner/task/test.tasks.half', body: '{}' }));
  await client.closed();
  await eventually(t, () => logged(logs, 'exposure.task.error').length === 1);
  assert.equal(logged(logs, 'exposure.task.error')[0].error.message, 'midway');
  assert.equal((await call('echo', 1)).status, 200);
});

test('an error that a task returns, at any depth, is sent without its stack', async (t) => {
  const returned = exposed('returned', async () => ({ list: [new Error('seen')], at: new Date(0) }));
  const { call } = await startNativeApp(t, [returned]);
  const { json, text } = await call('returned');
  assert.equal(json.result.list[0].value.message, 'seen');
  assert.equal(json.result.at.__type, 'Date');
  assert.doesNotMatch(text, /stack|\.js/);
});

test('a typed error that carries a date cuts a response that has begun, as any other does', async (t) => {
  const dated = r.error('test.errors.dated').httpCode(404).build();
  const half = exposed('half', async () => {
    useExposureContext().res.write('half');
    dated.throw({ at: new Date(0) });
  });
  const { port } = await startNativeApp(t, [half, dated], { native: { limits: SHORT_LINGER } });
  const client = await connect(t, port);
  client.write(requestText({ path: '/__runner/task/test.tasks.half', body: '{}' }));
  await client.closed();
});

test('a result that cannot be serialized is a 500 without details, and is logged', async (t) => {
  const cyclic = exposed('cyclic', async () => {
    /** @type {any} */
    const value = {};
    value.value = value;
    return value;
  });
  const { call, logs } = await startNativeApp(t, [cyclic, exposed('code', async () => () => 1)]);
  for (const id of ['cyclic', 'code']) {
    const { status, text } = await call(id);
    assert.equal(status, 500);
    assert.equal(text, '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}');
  }
  assert.equal(logged(logs, 'exposure.task.error').length, 2);
});

test('headers that a task sets on res go out with the response that it returns', async (t) => {
  const touched = exposed('touched', async (input) => {
    useExposureContext().res.setHeader('set-cookie', ['a=1', 'b=2']);
    if (input === 'throw') throw new Error('secret');
    return input;
  });
  const { call } = await startNativeApp(t, [touched]);
  const fine = await call('touched', 7);
  assert.equal(fine.text, '{"ok":true,"result":7}');
  assert.deepEqual(fine.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(fine.headers['access-control-allow-origin'], '*');
  const failed = await call('touched', 'throw');
  assert.equal(failed.status, 500);
  assert.deepEqual(failed.headers['set-cookie'], ['a=1', 'b=2']);
});

test('bytes under the key body are a value like any other', async (t) => {
  const { call } = await startNativeApp(t, [
    exposed('bytes', async () => ({ body: new Uint8Array([1, 2]) })),
  ]);
  const { headers, json } = await call('bytes');
  assert.match(headers['content-type'], /^application\/json/);
  assert.equal(json.result.body.__type, 'Uint8Array');
});

test('the payload of an event is given back as its listeners leave it', async (t) => {
  const placed = event('test.events.placed');
  const listener = r
    .hook('test.hooks.mark')
    .on(placed)
    .run(async (/** @type {any} */ { data }) => {
      data.seen = new Date(0);
    })
    .build();
  const { port } = await startNativeApp(t, [placed, listener]);
  const response = await callEvent(port, 'test.events.placed', { payload: { n: 1 }, returnPayload: true });
  const seen = { __type: 'Date', value: '1970-01-01T00:00:00.000Z' };
  assert.deepEqual(response.json, { ok: true, result: { n: 1, seen } });
  assert.equal((await callEvent(port, 'test.events.placed', { payload: { n: 1 } })).text, '{"ok":true}');
});

test('a client that leaves an echo closes the request and the echo, however full they are', async (t) => {
  const [request, echoed] = [deferred(), deferred()];
  const duplex = exposed('duplex', async () => {
    const { req } = useExposureContext();
    req.on('error', () => {}).on('close', request.resolve);
    return req.pipe(new PassThrough()).on('close', echoed.resolve);
  });
  const { port } = await startNativeApp(t, [duplex]);
  const client = await connect(t, port);
  const type = 'content-type: application/octet-stream\r\ncontent-length: 99999999';
  client.write(`POST /__runner/task/test.tasks.duplex HTTP/1.1\r\nhost: a\r\n${type}\r\n\r\n`);
  client.socket.once('data', () => client.socket.pause());
  client.socket.write(Buffer.alloc(4 * 1024 * 1024));
  await client.change();
  client.reset();
  await Promise.all([request.promise, echoed.promise]);
});

test('writing after the end of a response does not end the process', async (t) => {
  const twice = exposed('twice', async () => {
    const { res } = useExposureContext();
    res.end('once');
    res.end('twice');
    res.write('thrice');
  });
  const { call } = await startNativeApp(t, [twice]);
  assert.equal((await call('twice')).text, 'once');
  assert.equal((await call('twice')).text, 'once');
});

test('web streams and async iterables are streamed only where the configuration says so', async (t) => {
  const values = exposed('values', async () => {
    async function* count() {
      yield 1;
      yield { two: 2 };
    }
    return count();
  });
  const before = await startNativeApp(t, [values]);
  assert.equal((await before.call('values')).text, '{"ok":true,"result":{}}');
  const after = await startNativeApp(t, [values], { native: { streamIterables: true } });
  assert.equal((await after.call('values')).text, '1\n{"two":2}\n');
});
