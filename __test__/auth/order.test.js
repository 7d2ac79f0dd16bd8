// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { authServer, countingValidator } = require('../helpers/auth.js');
const { call, callEvent, callTask } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

describe('a validator and the order of checks', () => {
  it('is not run for a preflight', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { validate });
    assert.equal((await call({ port, method: 'OPTIONS', path: '/__runner/task/echo' })).status, 204);
    assert.equal(validate.calls, 0);
  });

  it('is not run for a method that is not allowed', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { validate });
    assert.equal((await call({ port, method: 'GET', path: '/__runner/task/echo' })).status, 405);
    assert.equal((await call({ port, method: 'POST', path: '/__runner/discovery' })).status, 405);
    assert.equal(validate.calls, 0);
  });

  it('is not run for a path without a route', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { validate });
    for (const path of ['/', '/__runner', '/__runner/task', '/__runner/task/%', '/__runner/nope']) {
      assert.equal((await call({ port, path })).status, 404);
    }
    assert.equal(validate.calls, 0);
  });

  it('is not run for disabled discovery', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { validate }, { disableDiscovery: true });
    assert.equal((await call({ port, method: 'GET', path: '/__runner/discovery' })).status, 404);
    assert.equal(validate.calls, 0);
  });

  it('is run before 403', async (t) => {
    const refused = await authServer(t, { validate: () => ({ ok: false }) }, { allowList: { tasks: [] } });
    assert.equal((await callTask(refused, 'echo', 1)).status, 401);
    const passed = await authServer(t, { validate: () => ({ ok: true }) }, { allowList: { tasks: [] } });
    assert.equal((await callTask(passed, 'echo', 1)).status, 403);
  });

  it('is run before 404 of a task or an event', async (t) => {
    const refused = await authServer(t, { validate: () => ({ ok: false }) });
    assert.equal((await callTask(refused, 'nope', 1)).status, 401);
    assert.equal((await callEvent(refused, 'nope', {})).status, 401);
    const passed = await authServer(t, { validate: () => ({ ok: true }) });
    assert.equal((await callTask(passed, 'nope', 1)).status, 404);
    assert.equal((await callEvent(passed, 'nope', {})).status, 404);
  });

  it('is run before 400 and 413, of a form too', async (t) => {
    const limits = { maxJsonBytes: 8 };
    const refused = await authServer(t, { validate: () => ({ ok: false }) }, { limits });
    const passed = await authServer(t, { validate: () => ({ ok: true }) }, { limits });
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    for (const [body, headers, status] of /** @type {[string, Record<string, string>, number][]} */ ([
      ['{', {}, 400],
      ['"0123456789"', {}, 413],
      ['x', form, 400],
    ])) {
      assert.equal((await call({ port: refused, path: '/__runner/task/echo', headers, body })).status, 401);
      assert.equal((await call({ port: passed, path: '/__runner/task/echo', headers, body })).status, status);
    }
  });

  it('has said its word before the handler starts', async (t) => {
    /** @type {string[]} */
    const order = [];
    const validate = async () => {
      order.push('validator starts');
      await Promise.resolve();
      order.push('validator ends');
      return { ok: true };
    };
    const { port } = await startServer(t, { auth: { validate } }, (server) =>
      server.registerTask('note', () => {
        order.push('handler');
      }),
    );
    await callTask(port, 'note');
    assert.deepEqual(order, ['validator starts', 'validator ends', 'handler']);
  });
});

describe('several validators', () => {
  it('run in order until one accepts the request', async (t) => {
    /** @type {string[]} */
    const order = [];
    const named = (/** @type {string} */ name, /** @type {boolean} */ ok) => async () => {
      order.push(name);
      return { ok };
    };
    const port = await authServer(t, {
      validate: [named('first', false), named('second', true), named('third', true)],
    });
    assert.equal((await callTask(port, 'echo', 1)).status, 200);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('go on after one that throws and one that rejects', async (t) => {
    const port = await authServer(t, {
      validate: [
        () => {
          throw new Error('first');
        },
        () => Promise.reject(new Error('second')),
        () => ({ ok: true }),
      ],
    });
    assert.equal((await callTask(port, 'echo', 1)).status, 200);
  });

  it('reject the request when none accepts it', async (t) => {
    const validators = [
      countingValidator({ ok: false }),
      countingValidator(undefined),
      countingValidator({}),
    ];
    const port = await authServer(t, { validate: validators });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
    assert.deepEqual(
      validators.map((validator) => validator.calls),
      [1, 1, 1],
    );
  });

  it('do not run together: the second starts when the first is done', async (t) => {
    const gate = deferred();
    const started = deferred();
    let second = false;
    const port = await authServer(t, {
      validate: [
        async () => {
          started.resolve();
          await gate.promise;
          assert.equal(second, false);
          return { ok: false };
        },
        () => {
          second = true;
          return { ok: true };
        },
      ],
    });
    const response = callTask(port, 'echo', 1);
    await started.promise;
    assert.equal(second, false);
    gate.resolve();
    assert.equal((await response).status, 200);
    assert.equal(second, true);
  });
});
