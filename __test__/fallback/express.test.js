// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { PassThrough, Readable } = require('node:stream');
const path = require('node:path');
const { test } = require('../helpers/guarded.js');
const { call, callTask, keepAliveAgent } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { recordingLogger, startServer } = require('../helpers/server.js');
const { deferred, until } = require('../helpers/signal.js');

/**
 * Express brings no declarations.
 *
 * @typedef {(req: any, res: any, next: any) => any} Handler
 * @typedef {(path: string, ...handlers: Handler[]) => Routes} Route
 *
 * @typedef {object} Routes
 * @property {Route} get
 * @property {Route} post
 * @property {(path: string) => { get: (handler: Handler) => { put: (handler: Handler) => unknown } }} route
 * @property {(...handlers: unknown[]) => unknown} use
 */

/** @type {{ (): any, json: any, urlencoded: any, text: any, static: any }} */
const express = require(/** @type {string} */ ('express'));

/**
 * A server whose fallback is an Express app.
 *
 * @param {import('node:test').TestContext} t
 * @param {(app: Routes) => void} setup
 */
async function start(t, setup) {
  const app = express();
  setup(app);
  const logger = recordingLogger();
  const { port } = await startServer(t, { fallback: app, logger }, (server) => {
    server.registerTask('echo', (input) => input);
  });
  /** @type {(path: string, more?: object) => ReturnType<typeof call>} */
  const ask = (url, more = {}) => call({ port, method: 'GET', path: url, ...more });
  return { port, ask, logger };
}

const JSON_BODY = { 'content-type': 'application/json' };

test('Express routes, reads parameters and queries, and responds with JSON', async (t) => {
  const { ask } = await start(t, (app) =>
    app.get('/users/:id', (req, res) => {
      res.json({
        id: req.params.id,
        query: req.query,
        ip: req.ip,
        protocol: req.protocol,
        host: req.hostname,
      });
    }),
  );
  const { status, headers, json } = await ask('/users/7?a=1&a=2');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['x-powered-by'], 'Express');
  assert.deepEqual(json, {
    id: '7',
    query: { a: ['1', '2'] },
    ip: '127.0.0.1',
    protocol: 'http',
    host: '127.0.0.1',
  });
});

test('Express says 404 itself', async (t) => {
  const { ask } = await start(t, () => {});
  const { status, text } = await ask('/none');
  assert.equal(status, 404);
  assert.match(text, /Cannot GET \/none/);
});

test('Express parses bodies, and refuses what is too large or broken', async (t) => {
  const { ask } = await start(t, (app) => {
    app.use(express.json({ limit: '1kb' }), express.urlencoded(), express.text());
    app.post('/', (req, res) => void res.json({ body: req.body }));
  });
  const post = (/** @type {string} */ type, /** @type {string} */ body) =>
    ask('/', { method: 'POST', headers: { 'content-type': type }, body });
  assert.deepEqual((await post('application/json', '{"a":[1]}')).json, { body: { a: [1] } });
  assert.deepEqual((await post('application/x-www-form-urlencoded', 'a=1&b=2')).json, {
    body: { a: '1', b: '2' },
  });
  assert.deepEqual((await post('text/plain', 'text')).json, { body: 'text' });
  assert.equal((await post('application/json', '{"a":')).status, 400);
  assert.equal((await post('application/json', JSON.stringify('x'.repeat(2000)))).status, 413);
});

test('a body that Express refuses leaves its connection in order', async (t) => {
  const { port } = await start(t, (app) => {
    app.use(express.json({ limit: '1kb' }));
    app.post('/', (req, res) => void res.json(req.body));
  });
  const agent = keepAliveAgent(t);
  const body = JSON.stringify('x'.repeat(500_000));
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await call({ port, path: '/', headers: JSON_BODY, body, agent })).status, 413);
    assert.equal((await callTask(port, 'echo', i, { agent })).json.result, i);
  }
});

test('Express sets cookies, redirects, and serves conditional requests', async (t) => {
  const { ask } = await start(t, (app) => {
    app.get(
      '/cookies',
      (_req, res) => void res.cookie('a', '1').cookie('b', '2', { httpOnly: true }).send('set'),
    );
    app.get('/old', (_req, res) => res.redirect(301, '/new'));
    app.get('/same', (_req, res) => void res.send('same'));
  });
  const cookies = await ask('/cookies');
  assert.deepEqual(cookies.headers['set-cookie'], ['a=1; Path=/', 'b=2; Path=/; HttpOnly']);
  const redirect = await ask('/old');
  assert.deepEqual([redirect.status, redirect.headers.location], [301, '/new']);
  const { etag } = (await ask('/same')).headers;
  const same = await ask('/same', { headers: { 'if-none-match': etag } });
  assert.deepEqual([same.status, same.text], [304, '']);
});

test('Express serves HEAD and OPTIONS by its routes', async (t) => {
  const { ask, port } = await start(t, (app) => {
    app
      .route('/x')
      .get((_req, res) => void res.send('hello'))
      .put((_req, res) => void res.end());
  });
  const client = await connect(t, port);
  await client.write(requestText({ method: 'HEAD', path: '/x' }));
  assert.equal((await client.response({ head: true })).headers['content-length'], '5');
  assert.match((await ask('/x', { method: 'OPTIONS' })).headers.allow, /GET.*PUT/);
});

test('Express sends files, and ranges of them', async (t) => {
  const { ask } = await start(t, (app) => {
    app.get('/file', (_req, res) => res.sendFile(__filename));
    app.get('/download', (_req, res) => res.download(__filename, 'a file.js'));
    app.use('/static', express.static(__dirname));
  });
  const whole = await ask('/file');
  assert.match(whole.text, /Express sends files/);
  assert.equal(Number(whole.headers['content-length']), Buffer.byteLength(whole.text));
  const range = await ask('/file', { headers: { range: 'bytes=0-11' } });
  assert.deepEqual([range.status, range.text], [206, '// @ts-check']);
  assert.equal((await ask('/download')).headers['content-disposition'], 'attachment; filename="a file.js"');
  assert.equal((await ask(`/static/${path.basename(__filename)}`)).text, whole.text);
  assert.equal((await ask('/static/none.js')).status, 404);
});

test('Express streams both ways', async (t) => {
  const { ask } = await start(t, (app) => {
    app.get('/down', (_req, res) => void Readable.from(['a', 'b', 'c']).pipe(res));
    app.post('/echo', (req, res) => void req.pipe(new PassThrough()).pipe(res));
  });
  assert.equal((await ask('/down')).text, 'abc');
  const body = 'x'.repeat(1_000_000);
  assert.equal((await ask('/echo', { method: 'POST', body })).text, body);
});

test('the errors of Express go through its error middleware', async (t) => {
  const { ask, logger } = await start(t, (app) => {
    app.get('/throws', () => {
      throw new Error('thrown');
    });
    app.get('/rejects', async () => {
      throw new Error('rejected');
    });
    app.get('/later', (_req, _res, next) => void setImmediate(next, new Error('passed on')));
    /** @type {(error: any, req: any, res: any, next: any) => unknown} */
    const handler = (error, _req, res, _next) => void res.status(503).json({ error: error.message });
    app.use(handler);
  });
  for (const [url, error] of [
    ['/throws', 'thrown'],
    ['/rejects', 'rejected'],
    ['/later', 'passed on'],
  ]) {
    const { status, json } = await ask(url);
    assert.equal(status, 503);
    assert.deepEqual(json, { error });
  }
  assert.deepEqual(logger.entries, []);
});

test('middleware that wraps the response sees its end', async (t) => {
  const { ask } = await start(t, (app) => {
    /** @type {Handler} */
    const wrap = (_req, res, next) => {
      const { end, writeHead } = res;
      res.writeHead = function head(/** @type {any[]} */ ...args) {
        this.setHeader('x-late', '1');
        return writeHead.apply(this, args);
      };
      res.end = function ended(/** @type {any[]} */ ...args) {
        this.setHeader('x-ended', '1');
        return end.apply(this, args);
      };
      next();
    };
    app.use(wrap);
    app.get('/', (_req, res) => void res.send('x'));
  });
  const { headers } = await ask('/');
  assert.deepEqual([headers['x-late'], headers['x-ended']], ['1', '1']);
});

test('what a client sends is pushed to it as it comes', async (t) => {
  const gate = deferred();
  /** @type {ReturnType<typeof deferred<any>>} */
  const served = deferred();
  const { port } = await start(t, (app) =>
    app.get('/events', async (req, res) => {
      served.resolve(req);
      res.set('content-type', 'text/event-stream');
      res.flushHeaders();
      res.write('data: 1\n\n');
      await gate.promise;
      res.write('data: 2\n\n');
    }),
  );
  const client = await connect(t, port);
  await client.write(requestText({ method: 'GET', path: '/events' }));
  while (!client.unread().includes('data: 1')) await client.change();
  gate.resolve();
  while (!client.unread().includes('data: 2')) await client.change();
  const closed = until(await served.promise, 'close');
  client.destroy();
  await closed;
});

test('two Express apps of which one is mounted in the other', async (t) => {
  const { ask } = await start(t, (app) => {
    /** @type {Routes} */
    const inner = express();
    inner.get(
      '/x',
      (req, res) => void res.json({ base: req.baseUrl, url: req.url, original: req.originalUrl }),
    );
    app.use('/inner', inner);
  });
  assert.deepEqual((await ask('/inner/x?y')).json, { base: '/inner', url: '/x?y', original: '/inner/x?y' });
});
