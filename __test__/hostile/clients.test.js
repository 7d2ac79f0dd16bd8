// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { drip } = require('../helpers/drip.js');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, roundTrips, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { aborted, deferred } = require('../helpers/signal.js');

const MIB = 1024 * 1024;
const ECHO = requestText({ path: '/__runner/task/echo', body: '{"input":1}' });

const stages = {
  'before sending anything': '',
  'midway in the request line': 'POST /__runn',
  'after the request line': 'POST /__runner/task/echo HTTP/1.1\r\n',
  'midway in a header': 'POST /__runner/task/echo HTTP/1.1\r\nhost: he',
  'after the headers': 'POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 11\r\n\r\n',
  'midway in the body': ECHO.slice(0, -3),
  'after the request, before the response': ECHO,
  'midway in a second request': ECHO + ECHO.slice(0, 20),
  'after twenty pipelined requests': ECHO.repeat(20),
};

for (const [stage, text] of Object.entries(stages)) {
  for (const leave of /** @type {const} */ (['end', 'destroy', 'reset'])) {
    test(`a client that leaves ${stage} by ${leave} harms no other`, async (t) => {
      const { port } = await startProbed(t);
      for (let i = 0; i < 10; i += 1) {
        const client = await connect(t, port);
        // Leaves once right after sending, and once after the server has read it.
        await client.write(text);
        if (i % 2) await roundTrips(port);
        client[leave]();
        await client.closed();
      }
      await assertServes(port);
    });
  }
}

test('a connection that a client has half-closed within a request is ended by the server', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  await client.write(ECHO.slice(0, -3));
  client.end();
  await client.closed();
  await assertServes(port);
});

test('a half-close after a request gets a response or an end, never silence', async (t) => {
  const { port } = await startProbed(t);
  const client = await connect(t, port);
  client.write(ECHO);
  client.end();
  const { text } = await client.closed();
  assert.match(text, /^(HTTP\/1\.1 200 .*)?$/s);
  await assertServes(port);
});

test('a client that leaves while a handler runs frees its connection', async (t) => {
  /** @type {ReturnType<typeof deferred<AbortSignal>>} */
  const started = deferred();
  const { port } = await startProbed(t, { limits: { maxConnections: 1 } }, (server) => {
    server.registerTask('wait', (/** @type {unknown} */ _input, /** @type {any} */ context) => {
      started.resolve(context.signal);
      return new Promise(() => {});
    });
  });
  const client = await connect(t, port);
  await client.write(requestText({ path: '/__runner/task/wait' }));
  const signal = await started.promise;
  client.destroy();
  await aborted(signal);
  await eventually(t, async () => (await callTask(port, 'ping').catch(() => ({ status: 0 }))).status === 200);
});

for (const leave of /** @type {const} */ (['destroy', 'reset'])) {
  test(`clients that leave by ${leave} while 50 MB are written to them harm no other`, async (t) => {
    const big = 'x'.repeat(50 * MIB);
    const { port } = await startProbed(t, {}, (server) => {
      server.registerTask('big', () => big);
    });
    for (let i = 0; i < 3; i += 1) {
      const client = await connect(t, port);
      await client.write(requestText({ path: '/__runner/task/big' }));
      while (client.unread().length === 0) await client.change();
      client[leave]();
      await assertServes(port);
    }
  });
}

test('a client that asks for 50 MB and does not read leaves the others served, and close cuts it', async (t) => {
  const big = 'x'.repeat(50 * MIB);
  const { server, port } = await startProbed(t, {}, (made) => {
    made.registerTask('big', () => big);
  });
  const client = await connect(t, port);
  client.socket.pause();
  await client.write(requestText({ path: '/__runner/task/big' }));
  await roundTrips(port);
  for (let i = 0; i < 10; i += 1) await assertServes(port);
  await server.close({ timeoutMs: 1 });
  assert.equal(server.state, 'closed');
});

test('a client that pipelines without reading leaves the others served', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('large', () => 'x'.repeat(100_000));
  });
  const client = await connect(t, port);
  client.socket.pause();
  client.write(requestText({ path: '/__runner/task/large' }).repeat(2000));
  await roundTrips(port);
  for (let i = 0; i < 10; i += 1) await assertServes(port);
  client.reset();
  await assertServes(port);
});

test('two hundred slow clients are cut by the header timeout, while others are served', async (t) => {
  const { port } = await startProbed(t, { limits: { headersTimeoutMs: 500 } });
  const slow = [];
  for (let i = 0; i < 200; i += 1) {
    const client = await connect(t, port);
    drip(t, client, 'POST /__runner/task/ping HTTP/1.1\r\nx-slow: ', 's');
    slow.push(client);
  }
  let cut = false;
  const all = Promise.all(slow.map((client) => client.closed())).then((ends) => {
    cut = true;
    return ends;
  });
  do await assertServes(port);
  while (!cut);
  for (const { text } of await all) assert.match(text, /^HTTP\/1\.1 408 /);
});

test('a thousand connections that come and go at once harm no other', async (t) => {
  const { port } = await startProbed(t);
  for (let round = 0; round < 10; round += 1) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => connect(t, port)));
    clients.forEach((client, i) => {
      if (i % 3) client.write(ECHO);
      if (i % 2) client.reset();
      else client.destroy();
    });
    await assertServes(port);
  }
});
