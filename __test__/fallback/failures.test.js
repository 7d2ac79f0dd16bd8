// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startFallback } = require('../helpers/fallback.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');

const FAILED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/** @type {Record<string, (req: any, res: any) => unknown>} */
const FAILING = {
  throws: () => {
    throw new Error('broken');
  },
  rejects: async () => {
    await null;
    throw new Error('broken');
  },
  'throws behind writeHead': (_req, res) => {
    res.writeHead(200, { 'x-half': 'done' });
    throw new Error('broken');
  },
};

for (const [how, listener] of Object.entries(FAILING)) {
  test(`a listener that ${how} is a 500 and a line in the log`, async (t) => {
    const { ask, logger, port } = await startFallback(t, listener);
    const response = await ask('/some?x');
    assert.equal(response.status, 500);
    assert.equal(response.text, FAILED);
    assert.equal(response.headers['x-half'], undefined);
    const [{ level, message, data }] = logger.entries;
    assert.deepEqual([level, message], ['error', 'exposure.fallback.error']);
    assert.deepEqual(
      { ...data, requestId: '' },
      { error: 'broken', requestId: '', method: 'GET', path: '/some?x' },
    );
    assert.match(logger.stacks[0], /fallback\/failures\.test/);
    assert.equal((await callTask(port, 'echo', 1)).json.result, 1);
  });
}

test('a listener that fails in the middle of its response cuts it', async (t) => {
  const { logger, port } = await startFallback(t, async (_req, res) => {
    res.write('half');
    await null;
    throw new Error('broken');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  await assert.rejects(client.response(), /within a response/);
  assert.equal(logger.entries.length, 1);
});

test('destroy before the response closes the connection without one', async (t) => {
  const { port } = await startFallback(t, (_req, res) => res.destroy());
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  assert.equal((await client.closed()).text, '');
});

test('destroy of the request closes the connection', async (t) => {
  const { port } = await startFallback(t, (req) => req.destroy());
  const client = await connect(t, port);
  await client.write(requestText({ body: 'x', path: '/' }));
  assert.equal((await client.closed()).text, '');
});

test('a body that is shorter than its content-length cuts the connection', async (t) => {
  const { port, logger } = await startFallback(t, (_req, res) => {
    res.writeHead(200, { 'content-length': 10 });
    res.end('short');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  await assert.rejects(client.response(), /within a response/);
  const { message, data } = logger.entries[0];
  assert.deepEqual(
    [message, data.error],
    ['exposure.fallback.error', 'The body of the response has 5 bytes, its content-length says 10'],
  );
});

test('what is longer than its content-length is not sent', async (t) => {
  const { port, logger } = await startFallback(t, (_req, res) => {
    res.writeHead(200, { 'content-length': 2 });
    res.end('long');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  assert.equal((await client.response()).body, 'lo');
  assert.match(logger.entries[0].data.error, /has 4 bytes, its content-length says 2/);
  await client.write(requestText({ path: '/__runner/task/echo', body: '{"input":1}' }));
  assert.equal((await client.response()).body, '{"ok":true,"result":1}');
});

test('a content-length that is not a number is a 500', async (t) => {
  const { ask, logger } = await startFallback(t, (_req, res) =>
    res.writeHead(200, { 'content-length': 'many' }).end('x'),
  );
  assert.equal((await ask('/')).text, FAILED);
  assert.match(logger.entries[0].data.error, /content-length of a response: received many/);
});
