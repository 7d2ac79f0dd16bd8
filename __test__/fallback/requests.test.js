// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { Readable } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { SHORT_LINGER, makeServer, recordingLogger, startServer } = require('../helpers/server.js');
const { deferred, until } = require('../helpers/signal.js');

/** Longer than a test may take: a close that resolves under it was not waiting for its deadline. */
const NEVER_MS = 2_147_483_647;

const FAILED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/**
 * A server with a task `echo`, whose fallback is this listener.
 *
 * @param {import('node:test').TestContext} t
 * @param {(req: any, res: any) => unknown} fallback
 * @param {object} [options]
 */
async function start(t, fallback, options = {}) {
  const logger = recordingLogger();
  const { server, port } = await startServer(t, { fallback, logger, ...options }, (made) => {
    made.registerTask('echo', (/** @type {unknown} */ input) => input);
  });
  /** @type {(path: string, more?: object) => ReturnType<typeof call>} */
  const ask = (path, more = {}) => call({ port, method: 'GET', path, ...more });
  return { server, port, logger, ask };
}

/** @type {(req: any, res: any) => void} */
const tell = (req, res) => res.end(`${req.method} ${req.url}`);

/** Everything that is read of it. @param {AsyncIterable<Buffer>} stream */
async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('what is outside of the base path goes to the listener, as it was sent', async (t) => {
  const { ask } = await start(t, tell);
  for (const path of ['/', '/a/b?c=%20d', '/__runnerx', '/__runne', '//double', '/%zz']) {
    const answer = await ask(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, `GET ${path}`);
  }
});

test('what is under the base path never goes to the listener', async (t) => {
  const { ask, port } = await start(t, tell);
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

test('a fallback that is no function is refused', async () => {
  for (const fallback of ['x', 7, {}, null]) {
    assert.throws(() => makeServer({ fallback }), { code: 'CONFIG_INVALID', message: /fallback: received/ });
  }
});

test('every method goes to the listener', async (t) => {
  const { ask } = await start(t, tell);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT']) {
    assert.equal((await ask('/x', { method })).text, `${method} /x`);
  }
});

test('HEAD is answered without a body, and its connection goes on', async (t) => {
  const { port } = await start(t, (_req, res) => res.writeHead(200, { 'content-length': 5 }).end('hello'));
  const client = await connect(t, port);
  for (let i = 0; i < 2; i += 1) {
    await client.write(requestText({ method: 'HEAD', path: '/' }));
    const answer = await client.response({ head: true });
    assert.equal(answer.headers['content-length'], '5');
  }
  assert.equal(client.unread().length, 0);
});

for (const status of [204, 304]) {
  test(`a ${status} has no body, and its connection goes on`, async (t) => {
    const { port } = await start(t, (_req, res) => {
      res.writeHead(status, { etag: '"1"' });
      res.end('dropped');
    });
    const client = await connect(t, port);
    for (let i = 0; i < 2; i += 1) {
      await client.write(requestText({ method: 'GET', path: '/' }));
      const answer = await client.response();
      assert.equal(answer.status, status);
      assert.equal(answer.headers.etag, '"1"');
      assert.equal(answer.headers['transfer-encoding'], undefined);
    }
    assert.equal(client.unread().length, 0);
  });
}

test('an answer goes out as it was written, and the server adds nothing', async (t) => {
  const { ask } = await start(t, (_req, res) => {
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
  const { ask } = await start(t, (req, res) => {
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

test('headers and answers that are large come through', async (t) => {
  const large = 'y'.repeat(10_000);
  const { ask } = await start(t, (req, res) => {
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
  const { port } = await start(t, async (req, res) => res.end((await bytesOf(req)).toString().toUpperCase()));
  const agent = keepAliveAgent(t);
  const sockets = new Set();
  agent.on('free', (socket) => sockets.add(socket));
  for (let i = 0; i < 20; i += 1) {
    assert.equal((await callTask(port, 'echo', i, { agent })).json.result, i);
    const answer = await call({ port, path: '/', body: `body ${i}`, agent });
    assert.equal(answer.text, `BODY ${i}`);
  }
  assert.equal(sockets.size, 1);
});

test('requests that come at once are answered in their order', async (t) => {
  const { port } = await start(t, (req, res) => setImmediate(() => res.end(req.url)));
  const client = await connect(t, port);
  const paths = Array.from({ length: 20 }, (_, n) => `/${n}`);
  await client.write(paths.map((path) => requestText({ method: 'GET', path })).join(''));
  const answers = await client.responses(20);
  assert.deepEqual(
    answers.map(({ body }) => body),
    paths,
  );
});

test('an answer that closes its connection does', async (t) => {
  const { port } = await start(t, (_req, res) => res.writeHead(200, { connection: 'close' }).end('bye'));
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const answer = await client.response();
  assert.equal(answer.headers.connection, 'close');
  assert.equal(answer.body, 'bye');
  await client.closed();
});

test('an answer comes while the request is still being sent', async (t) => {
  const { port } = await start(t, (req, res) => req.pipe(res));
  const client = await connect(t, port);
  const head = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  await client.write(`${head}3\r\none\r\n`);
  while (!client.unread().includes('one')) await client.change();
  await client.write('3\r\ntwo\r\n0\r\n\r\n');
  assert.equal((await client.response()).body, 'onetwo');
});

test('a head that is flushed comes before its body', async (t) => {
  const gate = deferred();
  const { port } = await start(t, async (_req, res) => {
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
  const { port } = await start(t, async (req, res) => res.end(await bytesOf(req)));
  const client = await connect(t, port);
  await client.write('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
  while (!client.unread().includes('100 Continue')) await client.change();
  await client.write('body');
  assert.equal((await client.response()).status, 100);
  assert.equal((await client.response()).body, 'body');
});

/** @type {Record<string, (req: any, res: any) => unknown>} */
const UPLOADS = {
  'is not read': (_req, res) => res.end('done'),
  'is read in part': (req, res) =>
    req.once('data', () => {
      req.pause();
      res.end('done');
    }),
  'is resumed and not waited for': (req, res) => {
    req.resume();
    res.end('done');
  },
  'is read behind the answer': (req, res) => {
    req.on('data', () => {});
    res.end('done');
  },
};

for (const [what, listener] of Object.entries(UPLOADS)) {
  test(`an upload that ${what} leaves its connection in order`, async (t) => {
    const { port } = await start(t, listener);
    const client = await connect(t, port);
    const size = 3_000_000;
    client.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n`);
    client.write(Buffer.alloc(size));
    client.write(requestText({ path: '/__runner/task/echo', body: '{"input":"next"}' }));
    assert.equal((await client.response()).body, 'done');
    assert.equal((await client.response()).body, '{"ok":true,"result":"next"}');
  });
}

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
    const { ask, logger, port } = await start(t, listener);
    const answer = await ask('/some?x');
    assert.equal(answer.status, 500);
    assert.equal(answer.text, FAILED);
    assert.equal(answer.headers['x-half'], undefined);
    const [{ level, message, data }] = logger.entries;
    assert.deepEqual([level, message], ['error', 'exposure.fallback.error']);
    assert.deepEqual(
      { ...data, requestId: '' },
      { error: 'broken', requestId: '', method: 'GET', path: '/some?x' },
    );
    assert.match(logger.stacks[0], /fallback\/requests\.test/);
    assert.equal((await callTask(port, 'echo', 1)).json.result, 1);
  });
}

test('a listener that fails in the middle of its answer cuts it', async (t) => {
  const { logger, port } = await start(t, async (_req, res) => {
    res.write('half');
    await null;
    throw new Error('broken');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  await assert.rejects(client.response(), /within an answer/);
  assert.equal(logger.entries.length, 1);
});

test('destroy before the answer closes the connection without one', async (t) => {
  const { port } = await start(t, (_req, res) => res.destroy());
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  assert.equal((await client.closed()).text, '');
});

test('destroy of the request closes the connection', async (t) => {
  const { port } = await start(t, (req) => req.destroy());
  const client = await connect(t, port);
  await client.write(requestText({ body: 'x', path: '/' }));
  assert.equal((await client.closed()).text, '');
});

test('a client that leaves before the answer is told to request and response', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await start(t, (req, res) => called.resolve({ req, res }));
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const { req, res } = await called.promise;
  const told = Promise.all([until(req, 'aborted'), until(req, 'close'), until(res, 'close')]);
  client.destroy();
  await told;
  assert.equal(req.aborted, true);
  assert.equal(res.writableFinished, false);
  // Nobody is there to hear it.
  res.end('late');
});

test('a client that leaves in the middle of the answer is told to request and response', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await start(t, (_req, res) => {
    called.resolve(res);
    res.write('x');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('x')) await client.change();
  const res = await called.promise;
  const closed = until(res, 'close');
  client.reset();
  await closed;
  assert.equal(res.writableFinished, false);
});

test('a client that leaves in the middle of its upload is told to the request', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { port } = await start(t, (req) => called.resolve(req));
  const client = await connect(t, port);
  await client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\npart');
  const req = await called.promise;
  await once(req, 'data');
  const told = until(req, 'error');
  client.destroy();
  const [error] = await told;
  assert.deepEqual(
    [/** @type {any} */ (error).message, /** @type {any} */ (error).code],
    ['aborted', 'ECONNRESET'],
  );
});

test('a client that leaves ends the stream that is piped to it', async (t) => {
  /** @type {ReturnType<typeof deferred<Readable>>} */
  const piped = deferred();
  const { port } = await start(t, (_req, res) => {
    const source = new Readable({
      read() {
        this.push(Buffer.alloc(1000));
      },
    });
    source.pipe(res);
    res.on('close', () => source.destroy());
    piped.resolve(source);
  });
  const client = await connect(t, port);
  client.socket.pause();
  await client.write(requestText({ method: 'GET', path: '/' }));
  const closed = until(await piped.promise, 'close');
  client.destroy();
  await closed;
});

test('close waits for an answer of the listener', async (t) => {
  const gate = deferred();
  const { server, port } = await start(
    t,
    async (_req, res) => {
      res.write('first ');
      await gate.promise;
      res.end('second');
    },
    { limits: SHORT_LINGER },
  );
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('first')) await client.change();
  const closing = server.close({ timeoutMs: NEVER_MS });
  gate.resolve();
  assert.equal((await client.response()).body, 'first second');
  await closing;
});

test('close cuts an answer of the listener at its deadline', async (t) => {
  /** @type {ReturnType<typeof deferred<any>>} */
  const called = deferred();
  const { server, port } = await start(t, (_req, res) => called.resolve(res));
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  const closed = until(await called.promise, 'close');
  await server.close({ timeoutMs: 1 });
  await closed;
  await client.closed();
});

test('a body that is shorter than its content-length cuts the connection', async (t) => {
  const { port, logger } = await start(t, (_req, res) => {
    res.writeHead(200, { 'content-length': 10 });
    res.end('short');
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  await assert.rejects(client.response(), /within an answer/);
  const { message, data } = logger.entries[0];
  assert.deepEqual(
    [message, data.error],
    ['exposure.fallback.error', 'The body of the response has 5 bytes, its content-length says 10'],
  );
});

test('what is longer than its content-length is not sent', async (t) => {
  const { port, logger } = await start(t, (_req, res) => {
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

test('a content-length that is no number is a 500', async (t) => {
  const { ask, logger } = await start(t, (_req, res) =>
    res.writeHead(200, { 'content-length': 'many' }).end('x'),
  );
  assert.equal((await ask('/')).text, FAILED);
  assert.match(logger.entries[0].data.error, /content-length of a response: received many/);
});

test('an upgrade is a request like any other', async (t) => {
  const { port } = await start(t, (req, res) => res.end(req.headers.upgrade));
  const client = await connect(t, port);
  const headers = { connection: 'upgrade', upgrade: 'websocket' };
  await client.write(requestText({ method: 'GET', path: '/', headers }));
  assert.equal((await client.response()).body, 'websocket');
});

test('CONNECT closes the connection, and the listener does not hear of it', async (t) => {
  let called = false;
  const { port } = await start(t, (_req, res) => {
    called = true;
    res.end();
  });
  const client = await connect(t, port);
  await client.write('CONNECT other:443 HTTP/1.1\r\nhost: other:443\r\n\r\n');
  assert.equal((await client.closed()).text, '');
  assert.equal(called, false);
});

test('an answer to a client of HTTP/1.0 ends with its connection', async (t) => {
  const { port } = await start(t, (_req, res) => {
    res.write('old ');
    res.end('friend');
  });
  const client = await connect(t, port);
  await client.write('GET / HTTP/1.0\r\n\r\n');
  const { text } = await client.closed();
  assert.match(text, /^HTTP\/1\.0 200 OK\r\n/);
  assert.match(text, /\r\n\r\nold friend$/);
});

test('fifty requests at once keep apart', async (t) => {
  const { ask } = await start(t, async (req, res) => {
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      res.write(`${req.url} `);
    }
    res.end();
  });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(`/${n}`)));
  for (const [n, { text }] of answers.entries()) assert.equal(text, `/${n} `.repeat(20));
});
