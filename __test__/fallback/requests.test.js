// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { bytesOf, startFallback, tell } = require('../helpers/fallback.js');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { makeServer, startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

test('what is outside of the base path goes to the listener, as it was sent', async (t) => {
  const { ask } = await startFallback(t, tell);
  for (const path of ['/', '/a/b?c=%20d', '/__runnerx', '/__runne', '//double', '/%zz']) {
    const response = await ask(path);
    assert.equal(response.status, 200);
    assert.equal(response.text, `GET ${path}`);
  }
});

test('what is under the base path never goes to the listener', async (t) => {
  const { ask, port } = await startFallback(t, tell);
  assert.equal((await callTask(port, 'echo', 7)).text, '{"ok":true,"result":7}');
  for (const path of ['/__runner', '/__runner/', '/__runner/none', '/__runner/task/none/x']) {
    assert.match((await ask(path)).json.error.code, /NOT_FOUND|METHOD_NOT_ALLOWED/);
  }
  assert.equal((await ask('/__runner/discovery')).status, 200);
});

test('without a listener, what is outside of the base path is 404', async (t) => {
  const { port } = await startServer(t);
  assert.equal((await call({ port, method: 'GET', path: '/' })).json.error.code, 'NOT_FOUND');
});

test('a fallback that is not a function is refused', async () => {
  for (const fallback of ['x', 7, {}, null]) {
    assert.throws(() => makeServer({ fallback }), { code: 'CONFIG_INVALID', message: /fallback: received/ });
  }
});

test('every method goes to the listener', async (t) => {
  const { ask } = await startFallback(t, tell);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT']) {
    assert.equal((await ask('/x', { method })).text, `${method} /x`);
  }
});

test('HEAD is answered without a body, and its connection goes on', async (t) => {
  const { port } = await startFallback(t, (_req, res) =>
    res.writeHead(200, { 'content-length': 5 }).end('hello'),
  );
  const client = await connect(t, port);
  for (let i = 0; i < 2; i += 1) {
    await client.write(requestText({ method: 'HEAD', path: '/' }));
    const response = await client.response({ head: true });
    assert.equal(response.headers['content-length'], '5');
  }
  assert.equal(client.unread().length, 0);
});

for (const status of [204, 304]) {
  test(`a ${status} has no body, and its connection goes on`, async (t) => {
    const { port } = await startFallback(t, (_req, res) => {
      res.writeHead(status, { etag: '"1"' });
      res.end('dropped');
    });
    const client = await connect(t, port);
    for (let i = 0; i < 2; i += 1) {
      await client.write(requestText({ method: 'GET', path: '/' }));
      const response = await client.response();
      assert.equal(response.status, status);
      assert.equal(response.headers.etag, '"1"');
      assert.equal(response.headers['transfer-encoding'], undefined);
    }
    assert.equal(client.unread().length, 0);
  });
}

test('a response goes out as it was written, and the server adds nothing', async (t) => {
  const { ask } = await startFallback(t, (_req, res) => {
    res.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2; HttpOnly']);
    res.setHeader('X-Latin', 'caf\xe9');
    res.setHeader('x-empty', '');
    res.writeHead(201, { 'content-type': 'text/plain' });
    res.end(Buffer.from('made'));
  });
  const { status, rawHeaders, text } = await ask('/');
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  assert.equal(status, 201);
  assert.equal(text, 'made');
  assert.deepEqual(names.sort(), [
    'connection',
    'content-type',
    'date',
    'set-cookie',
    'set-cookie',
    'transfer-encoding',
    'x-empty',
    'x-latin',
  ]);
  assert.equal(rawHeaders[rawHeaders.indexOf('x-latin') + 1], 'caf\xe9');
});

test('the listener sees the headers and the address of its client', async (t) => {
  const { ask } = await startFallback(t, (req, res) => {
    const { headers, headersDistinct, rawHeaders, socket, httpVersion } = req;
    res.end(
      JSON.stringify({ headers, headersDistinct, rawHeaders, httpVersion, address: socket.remoteAddress }),
    );
  });
  const headers = { 'x-two': ['a', 'b'], cookie: ['c=1', 'd=2'], 'x-latin': 'caf\xe9' };
  const { json } = await ask('/', { headers });
  assert.equal(json.headers['x-two'], 'a, b');
  assert.equal(json.headers.cookie, 'c=1; d=2');
  assert.equal(json.headers['x-latin'], 'caf\xe9');
  assert.equal(json.headers['x-runner-request-id'], undefined);
  assert.deepEqual(json.headersDistinct['x-two'], ['a', 'b']);
  assert.ok(json.rawHeaders.includes('x-two'));
  assert.equal(json.address, '127.0.0.1');
  assert.equal(json.httpVersion, '1.1');
});

test('headers and responses that are large come through', async (t) => {
  const large = 'y'.repeat(10_000);
  const { ask } = await startFallback(t, (req, res) => {
    for (let i = 0; i < 40; i += 1) res.setHeader(`x-${i}`, 'z'.repeat(100));
    res.setHeader('x-large', req.headers['x-large']);
    res.end(large.repeat(300));
  });
  const { headers, text } = await ask('/', { headers: { 'x-large': large } });
  assert.equal(headers['x-large'], large);
  assert.equal(headers['x-39'], 'z'.repeat(100));
  assert.equal(text.length, 3_000_000);
});

test('tasks and the listener share one connection', async (t) => {
  const { port } = await startFallback(t, async (req, res) =>
    res.end((await bytesOf(req)).toString().toUpperCase()),
  );
  const agent = keepAliveAgent(t);
  const sockets = new Set();
  agent.on('free', (socket) => sockets.add(socket));
  for (let i = 0; i < 20; i += 1) {
    assert.equal((await callTask(port, 'echo', i, { agent })).json.result, i);
    const response = await call({ port, path: '/', body: `body ${i}`, agent });
    assert.equal(response.text, `BODY ${i}`);
  }
  assert.equal(sockets.size, 1);
});

test('requests that come at once are answered in their order', async (t) => {
  const { port } = await startFallback(t, (req, res) => setImmediate(() => res.end(req.url)));
  const client = await connect(t, port);
  const paths = Array.from({ length: 20 }, (_, n) => `/${n}`);
  await client.write(paths.map((path) => requestText({ method: 'GET', path })).join(''));
  const responses = await client.responses(20);
  assert.deepEqual(
    responses.map(({ body }) => body),
    paths,
  );
});

test('a response that closes its connection does', async (t) => {
  const { port } = await startFallback(t, (_req, res) =>
    res.writeHead(200, { connection: 'close' }).end('bye'),
  );
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const response = await client.response();
  assert.equal(response.headers.connection, 'close');
  assert.equal(response.body, 'bye');
  await client.closed();
});

test('a response comes while the request is still being sent', async (t) => {
  const { port } = await startFallback(t, (req, res) => req.pipe(res));
  const client = await connect(t, port);
  const head = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  await client.write(`${head}3\r\none\r\n`);
  while (!client.unread().includes('one')) await client.change();
  await client.write('3\r\ntwo\r\n0\r\n\r\n');
  assert.equal((await client.response()).body, 'onetwo');
});

test('a head that is flushed comes before its body', async (t) => {
  const gate = deferred();
  const { port } = await startFallback(t, async (_req, res) => {
    res.flushHeaders();
    await gate.promise;
    res.end('body');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('\r\n\r\n')) await client.change();
  gate.resolve();
  assert.equal((await client.response()).body, 'body');
});

test('a client that waits for 100 Continue gets it when its body is read', async (t) => {
  const { port } = await startFallback(t, async (req, res) => res.end(await bytesOf(req)));
  const client = await connect(t, port);
  await client.write('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
  while (!client.unread().includes('100 Continue')) await client.change();
  await client.write('body');
  assert.equal((await client.response()).status, 100);
  assert.equal((await client.response()).body, 'body');
});

test('fifty requests at once keep apart', async (t) => {
  const { ask } = await startFallback(t, async (req, res) => {
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      res.write(`${req.url} `);
    }
    res.end();
  });
  const responses = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(`/${n}`)));
  for (const [n, { text }] of responses.entries()) assert.equal(text, `/${n} `.repeat(20));
});

test('the time of handlers is not that of the listener', async (t) => {
  const gate = deferred();
  const late = async (/** @type {any} */ _req, /** @type {any} */ res) => {
    await gate.promise;
    res.end('late');
  };
  const { server, port, ask } = await startFallback(t, late, { limits: { handlerTimeoutMs: 20 } });
  server.registerTask('never', () => new Promise(() => {}));
  const waiting = [ask('/'), ask('/', { method: 'POST', body: 'with a body' })];
  assert.equal((await callTask(port, 'never')).status, 504);
  gate.resolve();
  for (const { text } of await Promise.all(waiting)) assert.equal(text, 'late');
});
