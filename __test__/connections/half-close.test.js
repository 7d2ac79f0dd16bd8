// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { aborted, collector } = require('../helpers/signal.js');

const ECHO = requestText({ path: '/__runner/task/echo', body: '{"input":1}' });

/** @type {Record<string, { text: string, body?: string }>} */
const requests = {
  'a task': { text: ECHO, body: '{"ok":true,"result":1}' },
  'a task with a chunked body': {
    text: 'POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{"input":1}\r\n0\r\n\r\n',
    body: '{"ok":true,"result":1}',
  },
  discovery: { text: requestText({ method: 'GET', path: '/__runner/discovery' }) },
};

for (const [what, { text, body }] of Object.entries(requests)) {
  test(`${what} gets its response when its client closes its side right after the request`, async (t) => {
    const { port } = await startProbed(t);
    for (let i = 0; i < 20; i += 1) {
      const client = await connect(t, port);
      client.socket.end(text);
      const response = await client.response();
      assert.equal(response.status, 200);
      if (body !== undefined) assert.equal(response.body, body);
      assert.equal((await client.closed()).text, '');
    }
    await assertServes(port);
  });
}

test('pipelined requests are answered to a client that has closed its side', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  client.socket.end(ECHO.repeat(50));
  const responses = await client.responses(50);
  assert.ok(responses.every((response) => response.json.result === 1));
  assert.equal((await client.closed()).text, '');
});

test('a large response reaches a client that has closed its side, however slowly it reads', async (t) => {
  const size = 6_000_000;
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('large', () => 'x'.repeat(size));
  });
  const client = await connect(t, port);
  client.socket.end(requestText({ path: '/__runner/task/large' }));
  const response = await client.response();
  assert.equal(response.json.result.length, size);
});

test('a client that closes its side right after its request is not waited for without end', async (t) => {
  /** @type {ReturnType<typeof collector<any>>} */
  const contexts = collector();
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('wait', (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
  });
  const client = await connect(t, port);
  client.socket.end(requestText({ path: '/__runner/task/wait' }));
  const [{ signal }] = await contexts.reach(1);
  await aborted(signal);
  await client.closed();
  await assertServes(port);
});
