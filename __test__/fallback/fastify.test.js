// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const fastify = require('fastify');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { recordingLogger, startServer } = require('../helpers/server.js');
const { deferred, until } = require('../helpers/signal.js');

/**
 * A server whose fallback is a Fastify app.
 *
 * @param {import('node:test').TestContext} t
 * @param {(app: import('fastify').FastifyInstance) => void} setup
 */
async function start(t, setup) {
  const app = fastify();
  setup(app);
  await app.ready();
  t.after(() => app.close());
  const logger = recordingLogger();
  const { port } = await startServer(t, { fallback: app.routing, logger }, (server) => {
    server.registerTask('echo', (input) => input);
  });
  /** @type {(path: string, more?: object) => ReturnType<typeof call>} */
  const ask = (url, more = {}) => call({ port, method: 'GET', path: url, ...more });
  return { port, ask, logger, app };
}

test('Fastify routes, reads parameters and queries, and responds with JSON', async (t) => {
  const { ask } = await start(t, (app) =>
    app.get('/users/:id', async (request) => ({
      params: request.params,
      query: request.query,
      ip: request.ip,
      protocol: request.protocol,
      host: request.hostname,
    })),
  );
  const { status, headers, json } = await ask('/users/7?a=1');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(json, {
    params: { id: '7' },
    query: { a: '1' },
    ip: '127.0.0.1',
    protocol: 'http',
    host: '127.0.0.1',
  });
});

test('Fastify serves by the request event of its server too', async (t) => {
  const app = fastify();
  app.get('/', async () => 'by event');
  await app.ready();
  t.after(() => app.close());
  const fallback = (/** @type {any} */ req, /** @type {any} */ res) => app.server.emit('request', req, res);
  const { port } = await startServer(t, { fallback });
  assert.equal((await call({ port, method: 'GET', path: '/' })).text, 'by event');
});

test('Fastify parses bodies, and refuses what is too large or broken', async (t) => {
  const { ask, port } = await start(t, (app) => {
    app.post('/', { bodyLimit: 1000 }, async (request) => ({ body: request.body }));
  });
  const headers = { 'content-type': 'application/json' };
  const post = (/** @type {string} */ body) => ask('/', { method: 'POST', headers, body });
  assert.deepEqual((await post('{"a":[1]}')).json, { body: { a: [1] } });
  assert.equal((await post('{"a":')).status, 400);
  assert.equal((await post(JSON.stringify('x'.repeat(200_000)))).status, 413);
  const agent = keepAliveAgent(t);
  assert.equal((await call({ port, path: '/', headers, body: '{}', agent })).status, 200);
  assert.equal((await callTask(port, 'echo', 1, { agent })).json.result, 1);
});

test('Fastify says 404, redirects, and serves HEAD', async (t) => {
  const { ask, port } = await start(t, (app) => {
    app.get('/old', (_request, reply) => reply.redirect('/new'));
    app.get('/x', async () => 'hello');
  });
  assert.equal((await ask('/none')).json.error, 'Not Found');
  const redirect = await ask('/old');
  assert.deepEqual([redirect.status, redirect.headers.location], [302, '/new']);
  const client = await connect(t, port);
  await client.write(requestText({ method: 'HEAD', path: '/x' }));
  assert.equal((await client.response({ head: true })).headers['content-length'], '5');
});

test('Fastify validates and serializes by its schemas', async (t) => {
  const schema = {
    body: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } },
    response: { 200: { type: 'object', properties: { n: { type: 'number' } } } },
  };
  const { ask } = await start(t, (app) => {
    app.post('/', { schema }, async (request) => ({
      n: /** @type {any} */ (request.body).n + 1,
      hidden: true,
    }));
  });
  const headers = { 'content-type': 'application/json' };
  assert.deepEqual((await ask('/', { method: 'POST', headers, body: '{"n":1}' })).json, { n: 2 });
  assert.equal((await ask('/', { method: 'POST', headers, body: '{}' })).status, 400);
});

test('Fastify sends streams, and takes raw bodies', async (t) => {
  const { ask } = await start(t, (app) => {
    app.get('/down', (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])));
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    app.post('/echo', (request, reply) => reply.send(request.body));
  });
  assert.equal((await ask('/down')).text, 'abc');
  const body = 'x'.repeat(1_000_000);
  const headers = { 'content-type': 'application/octet-stream' };
  assert.equal((await ask('/echo', { method: 'POST', headers, body })).text, body);
});

test('a reply that is hijacked is written by hand', async (t) => {
  const { ask } = await start(t, (app) =>
    app.get('/', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(202, { 'x-raw': '1' });
      reply.raw.write('by ');
      setImmediate(() => reply.raw.end('hand'));
    }),
  );
  const { status, headers, text } = await ask('/');
  assert.deepEqual([status, headers['x-raw'], text], [202, '1', 'by hand']);
});

test('a handler that writes raw and returns its reply is written by hand', async (t) => {
  const { ask } = await start(t, (app) =>
    app.get('/', async (_request, reply) => {
      reply.raw.end('raw');
      return reply;
    }),
  );
  assert.equal((await ask('/')).text, 'raw');
});

test('the hooks and errors of Fastify are its own', async (t) => {
  /** @type {ReturnType<typeof deferred<number>>} */
  const answered = deferred();
  const { ask, logger } = await start(t, (app) => {
    app.addHook('onSend', async (_request, reply, payload) => {
      reply.header('x-sent', '1');
      return payload;
    });
    app.addHook('onResponse', async (_request, reply) => answered.resolve(reply.statusCode));
    app.setErrorHandler((error, _request, reply) =>
      reply.code(503).send({ error: /** @type {Error} */ (error).message }),
    );
    app.get('/', async () => {
      throw new Error('broken');
    });
  });
  const { status, headers, json } = await ask('/');
  assert.deepEqual([status, headers['x-sent'], json], [503, '1', { error: 'broken' }]);
  assert.equal(await answered.promise, 503);
  assert.deepEqual(logger.entries, []);
});

test('a client that leaves aborts the request of Fastify', async (t) => {
  const aborted = deferred();
  const called = deferred();
  const { port } = await start(t, (app) => {
    app.addHook('onRequestAbort', async (_request) => aborted.resolve());
    app.get('/', () => {
      called.resolve();
      return new Promise(() => {});
    });
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  await called.promise;
  client.destroy();
  await aborted.promise;
});

test('a client that leaves ends a stream that Fastify sends', async (t) => {
  /** @type {ReturnType<typeof deferred<Readable>>} */
  const sent = deferred();
  const { port } = await start(t, (app) =>
    app.get('/', (_request, reply) => {
      const source = new Readable({ read() {} });
      source.push('x');
      sent.resolve(source);
      return reply.send(source);
    }),
  );
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/' }));
  while (!client.unread().includes('x')) await client.change();
  const closed = until(await sent.promise, 'close');
  client.destroy();
  await closed;
});
