// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startBlockable } = require('../helpers/blockable.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { makeServer, recordingLogger, startServer, TunnelServer } = require('../helpers/server.js');
const { startWorker } = require('../helpers/worker.js');

test('an origin that could not be asked about is asked about again', async (t) => {
  const origin = 'http://good.test';
  const options = { cors: { origin: /^http:\/\/good/ }, limits: { maxQueuedCalls: 1 } };
  const { port, block, release } = await startBlockable(t, options);
  const ping = () => callTask(port, 'ping', undefined, { headers: { origin } });
  await block();
  const calls = [ping(), ping()];
  const refused = await Promise.race(calls);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers['access-control-allow-origin'], undefined);
  release();
  await Promise.all(calls);
  assert.equal((await ping()).headers['access-control-allow-origin'], origin);
});

test('a thenable that resolves later with what cannot be looked at is a 500', async (t) => {
  const trap = Object.defineProperty({}, 'then', {
    get() {
      throw new Error('do not look');
    },
  });
  const later = Object.fromEntries([
    ['then', (/** @type {(value: unknown) => void} */ resolve) => setImmediate(() => resolve(trap))],
  ]);
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', () => later).registerTask('next', () => 'next'),
  );
  assert.equal((await callTask(port, 't')).status, 500);
  assert.equal((await callTask(port, 'next')).text, '{"ok":true,"result":"next"}');
});

test('a validator whose thenable resolves with itself, for ever, is a no', async (t) => {
  // In a worker: a thread that is blocked by an endless chain of microtasks could not even fail this test.
  const { next } = startWorker(t, async ({ makeServer: make, send }) => {
    const own = {};
    Object.assign(own, Object.fromEntries([['then', (/** @type {any} */ resolve) => resolve(own)]]));
    const server = make({ auth: { validate: () => own } });
    server.registerTask('t', () => 'reached');
    send(await server.listen());
  });
  const { port } = await next();
  assert.equal((await callTask(port, 't')).status, 401);
});

test('a validator that takes too long is a 504, and no refusal in the log', async (t) => {
  const logger = recordingLogger();
  const options = {
    logger,
    auth: { validate: () => new Promise(() => {}) },
    limits: { handlerTimeoutMs: 20 },
  };
  const { port } = await startServer(t, options, (server) => server.registerTask('t', () => 'reached'));
  assert.equal((await callTask(port, 't')).json.error.code, 'HANDLER_TIMEOUT');
  assert.deepEqual(logger.entries, []);
});

test('unknown options of close are refused', async () => {
  const server = makeServer();
  for (const [options, path] of /** @type {[any, string][]} */ ([
    [{ timeout: 0 }, 'timeout'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
    [5, 'options'],
    [null, 'options'],
    [[1], 'options'],
  ])) {
    await assert.rejects(server.close(options), (/** @type {any} */ error) => {
      assert.deepEqual([error.code, error.problems[0].path], ['CONFIG_INVALID', path]);
      return true;
    });
  }
  await server.close();
});

test('an id with a lone surrogate is refused, since no URL can contain it', async () => {
  const server = makeServer();
  assert.throws(() => server.registerTask('\ud800', () => {}), { code: 'ID_INVALID' });
  server.registerTask('\ud83d\ude00', () => {});
});

test('a connection over the limit is refused with the headers of any other response', async (t) => {
  const { port } = await startServer(t, { limits: { maxConnections: 1 } });
  const first = await connect(t, port);
  first.write(requestText({ path: '/none' }));
  await first.response();
  const { status, headers } = await (await connect(t, port)).response();
  assert.equal(status, 503);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
});

test('of a repeated header that Node reads once, the first value counts', async (t) => {
  const options = { auth: { header: 'authorization', token: 'good' } };
  const { port } = await startServer(t, options, (server) =>
    server.registerTask('t', (_input, { headers }) => [headers.authorization, headers['x-many']]),
  );
  const raw = await connect(t, port);
  const twice = (/** @type {string} */ name) => `${name}: good\r\n${name}: other\r\n`;
  raw.write(
    `POST /__runner/task/t HTTP/1.1\r\nhost: localhost\r\n${twice('authorization')}${twice('x-many')}content-length: 0\r\n\r\n`,
  );
  assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":["good","good, other"]}');
});

test('what options inherit are no options', async () => {
  assert.throws(() => new TunnelServer(Object.create({ port: 0 })), { code: 'CONFIG_INVALID' });
  assert.equal(new TunnelServer(Object.assign(Object.create({ unknown: 1 }), { port: 0 })).state, 'new');
});
