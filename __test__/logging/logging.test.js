// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callTask } = require('../helpers/http.js');
const { makeServer, startServer } = require('../helpers/server.js');
const { collector } = require('../helpers/signal.js');

/** @typedef {[level: string, message: string, data: any]} Line */

/** A logger whose lines can be waited for: some are written behind the response that they are about. */
function lines() {
  /** @type {ReturnType<typeof collector<Line>>} */
  const written = collector();
  /** @param {string} level */
  const write = (level) => (/** @type {string} */ message, /** @type {any} */ data) => {
    // Stacks differ between checkouts, so tests only check that an error has one.
    const { stack, ...rest } = data;
    assert.equal(typeof stack, level === 'error' ? 'string' : 'undefined');
    written.push([level, message, rest]);
  };
  return { ...written, logger: { error: write('error'), warn: write('warn'), info: write('info') } };
}

/**
 * A server whose logger has reported that it listens; `next(n)` waits for the nth event after that.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} options
 */
async function loggedServer(t, options) {
  const { logger, items, reach } = lines();
  const { port } = await startServer(t, { ...options, logger }, (server) =>
    server.registerTask('echo', (input) => input),
  );
  await reach(1);
  /** @param {number} n */
  const next = async (n) => (await reach(n + 1))[n];
  return { port, items, next };
}

describe('the event is logged', () => {
  it('where the server listens', async (t) => {
    const { port, items } = await loggedServer(t, {});
    assert.deepEqual(items, [['info', 'node.exposure.listen', { host: '127.0.0.1', port }]]);
  });

  it('that a request without a valid token was refused', async (t) => {
    const { port, next } = await loggedServer(t, { auth: { token: 'secret' } });
    await callTask(port, 'echo', 1, {
      path: '/__runner/x/../task/echo?token=secret',
      headers: { 'x-runner-token': 'wrong', 'x-runner-request-id': 'r-1' },
    });
    assert.deepEqual(await next(1), [
      'warn',
      'exposure.auth.failure',
      { requestId: 'r-1', method: 'POST', path: '/__runner/task/echo', status: 401, code: 'UNAUTHORIZED' },
    ]);
  });

  it('that discovery was refused', async (t) => {
    const { port, next } = await loggedServer(t, { auth: { token: 'secret' } });
    await call({
      port,
      method: 'GET',
      path: '/__runner/discovery',
      headers: { 'x-runner-request-id': 'r-2' },
    });
    assert.deepEqual(await next(1), [
      'warn',
      'exposure.auth.failure',
      { requestId: 'r-2', method: 'GET', path: '/__runner/discovery', status: 401, code: 'UNAUTHORIZED' },
    ]);
  });

  it('that authentication is not configured', async (t) => {
    const { port, next } = await loggedServer(t, { auth: {} });
    await callTask(port, 'echo', 1, { headers: { 'x-runner-request-id': 'r-3' } });
    assert.deepEqual(await next(1), [
      'warn',
      'exposure.auth.failure',
      {
        requestId: 'r-3',
        method: 'POST',
        path: '/__runner/task/echo',
        status: 500,
        code: 'AUTH_NOT_CONFIGURED',
      },
    ]);
  });

  it('what a validator threw, and that the request was refused', async (t) => {
    const validate = () => {
      throw new Error('no database');
    };
    const { port, items, next } = await loggedServer(t, { auth: { validate } });
    await callTask(port, 'echo', 1, { headers: { 'x-runner-request-id': 'r-4' } });
    await next(2);
    assert.deepEqual(items.slice(1), [
      ['error', 'exposure.auth.validator.error', { error: 'no database', requestId: 'r-4' }],
      [
        'warn',
        'exposure.auth.failure',
        { requestId: 'r-4', method: 'POST', path: '/__runner/task/echo', status: 401, code: 'UNAUTHORIZED' },
      ],
    ]);
  });

  it('what an origin function threw', async (t) => {
    const origin = () => {
      throw new Error('no origins');
    };
    const { port, next } = await loggedServer(t, { cors: { origin } });
    await callTask(port, 'echo', 1, { headers: { 'x-runner-request-id': 'r-5' } });
    assert.deepEqual(await next(1), [
      'error',
      'exposure.cors.origin.error',
      { error: 'no origins', requestId: 'r-5' },
    ]);
  });

  it('where the error of a task comes from', async (t) => {
    /** @type {any[]} */
    const told = [];
    const logger = { error: (/** @type {string} */ _message, /** @type {any} */ data) => told.push(data) };
    const { port } = await startServer(t, { logger }, (server) =>
      server
        .registerTask('throws', function culprit() {
          throw new Error('lost');
        })
        .registerTask('odd', () => Promise.reject('no error')),
    );
    await callTask(port, 'throws');
    await callTask(port, 'odd');
    assert.match(told[0].stack, /^Error: lost\n\s+at .*culprit/);
    assert.deepEqual(Object.keys(told[1]), ['error', 'requestId', 'id']);
  });

  it('nothing of calls that went well, and nothing of 404, 405 and 400', async (t) => {
    const { port, items } = await loggedServer(t, { auth: { token: 'secret' } });
    const headers = { 'x-runner-token': 'secret' };
    assert.equal((await callTask(port, 'echo', 1, { headers })).status, 200);
    assert.equal((await callTask(port, 'nope', 1, { headers })).status, 404);
    assert.equal((await callTask(port, 'echo', 1, { headers, body: '{' })).status, 400);
    assert.equal((await call({ port, method: 'PUT', path: '/__runner/task/echo' })).status, 405);
    assert.equal((await call({ port, method: 'OPTIONS', path: '/__runner/task/echo' })).status, 204);
    assert.equal((await callTask(port, 'echo', 2, { headers })).status, 200);
    assert.equal(items.length, 1);
  });

  it('never a token', async (t) => {
    const { port, items, next } = await loggedServer(t, { auth: { token: 'hunter2' } });
    await callTask(port, 'echo', 1, { headers: { 'x-runner-token': 'hunter3' } });
    await next(1);
    assert.doesNotMatch(JSON.stringify(items), /hunter/);
  });
});

describe('without a logger', () => {
  it('a refusal is answered all the same', async (t) => {
    const { port } = await startServer(t, { auth: { token: 'secret' } });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
  });

  it('but for one of its functions, the others are not missed', async () => {
    const { logger, reach } = lines();
    const server = makeServer({ logger: { info: logger.info }, auth: { token: 'secret' } });
    const { port } = await server.listen();
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
    await server.close();
    assert.deepEqual(
      (await reach(2)).map(([level, message]) => [level, message]),
      [
        ['info', 'node.exposure.listen'],
        ['info', 'node.exposure.closed'],
      ],
    );
  });
});
