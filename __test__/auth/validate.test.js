// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { startChild } = require('../helpers/child.js');
const { authServer, countingValidator, UNAUTHORIZED } = require('../helpers/auth.js');
const { call, callEvent, callTask } = require('../helpers/http.js');
const { deferred } = require('../helpers/signal.js');

describe('a validator', () => {
  /** @type {Record<string, unknown>} */
  const refusing = {
    'is truthy': { ok: 1 },
    'is a text': { ok: 'true' },
    'is inherited': Object.create({ ok: true }),
    'is missing': {},
    'has no verdict': undefined,
    'is the verdict itself': true,
  };
  for (const [what, verdict] of Object.entries(refusing)) {
    it(`lets nothing pass whose ok ${what}`, async (t) => {
      const port = await authServer(t, { validate: () => verdict });
      assert.equal((await callTask(port, 'echo', 1)).text, UNAUTHORIZED);
    });
  }

  it('is not helped by a polluted prototype', async (t) => {
    const { next } = startChild(t, async ({ callTask: callOne, makeServer, send }) => {
      const server = makeServer({ auth: { validate: () => ({}) } });
      const { port } = await server.listen();
      Object.defineProperty(Object.prototype, 'ok', { value: true, configurable: true });
      send((await callOne(port, 'none')).status);
      await server.close({ timeoutMs: 100 });
    });
    assert.equal(await next(), 401);
  });

  it('is given headers, method, url and path, and nothing else', async (t) => {
    /** @type {any[]} */
    const seen = [];
    const port = await authServer(t, {
      validate: (/** @type {any} */ input) => {
        seen.push(input);
        return { ok: true };
      },
    });
    await callTask(port, 'echo', 1, {
      path: '/__runner/x/../task/echo?a=1&b=%20',
      headers: { 'X-Signature': 'abc', 'content-type': 'application/json' },
    });
    assert.equal(seen.length, 1);
    const { headers, method, url, path, ...rest } = seen[0];
    assert.deepEqual(rest, {});
    assert.equal(method, 'POST');
    assert.equal(url, '/__runner/x/../task/echo?a=1&b=%20');
    assert.equal(path, '/__runner/task/echo');
    assert.equal(headers['x-signature'], 'abc');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['X-Signature'], undefined);
  });

  it('is given the path with its escapes', async (t) => {
    /** @type {string[]} */
    const paths = [];
    const port = await authServer(t, {
      validate: (/** @type {any} */ input) => {
        paths.push(input.path);
        return { ok: true };
      },
    });
    await call({ port, path: '/__runner/task/%C3%BC%2F' });
    assert.deepEqual(paths, ['/__runner/task/%C3%BC%2F']);
  });

  it('is given the joined values of a repeated header', async (t) => {
    /** @type {any[]} */
    const seen = [];
    const port = await authServer(t, {
      validate: (/** @type {any} */ input) => {
        seen.push(input.headers);
        return { ok: true };
      },
    });
    await call({ port, path: '/__runner/task/echo', headers: { 'x-a': ['1', '2'] } });
    assert.equal(seen[0]['x-a'], '1, 2');
  });

  it('lets a task, an event and discovery in by ok: true', async (t) => {
    const validate = countingValidator({ ok: true });
    const port = await authServer(t, { validate });
    assert.equal((await callTask(port, 'echo', 1)).text, '{"ok":true,"result":1}');
    assert.equal((await callEvent(port, 'note', {})).text, '{"ok":true}');
    assert.equal((await call({ port, method: 'GET', path: '/__runner/discovery' })).status, 200);
    assert.equal(validate.calls, 3);
  });

  it('keeps a task, an event and discovery out by ok: false', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { validate });
    for (const response of [
      await callTask(port, 'echo', 1),
      await callEvent(port, 'note', {}),
      await call({ port, method: 'GET', path: '/__runner/discovery' }),
    ]) {
      assert.equal(response.status, 401);
      assert.equal(response.text, UNAUTHORIZED);
    }
    assert.equal(validate.calls, 3);
  });

  for (const [what, verdict] of /** @type {[string, unknown][]} */ ([
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['an empty object', {}],
    ['a string', 'ok'],
    ['ok: undefined', { ok: undefined }],
    ['ok: 0', { ok: 0 }],
    ['a list', [{ ok: true }]],
    ['a promise of undefined', Promise.resolve(undefined)],
    ['a promise of ok: false', Promise.resolve({ ok: false })],
    ['a promise of a promise of true', Promise.resolve(Promise.resolve(true))],
  ])) {
    it(`that returns ${what} keeps the request out`, async (t) => {
      const port = await authServer(t, { validate: () => verdict });
      const response = await callTask(port, 'echo', 1);
      assert.equal(response.status, 401);
      assert.equal(response.text, UNAUTHORIZED);
    });
  }

  it('may return a promise', async (t) => {
    const port = await authServer(t, { validate: async () => ({ ok: true }) });
    assert.equal((await callTask(port, 'echo', 1)).status, 200);
  });

  it('may return a thenable', async (t) => {
    const port = await authServer(t, {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is the point
      validate: () => ({ then: (/** @type {(v: unknown) => void} */ resolve) => resolve({ ok: true }) }),
    });
    assert.equal((await callTask(port, 'echo', 1)).status, 200);
  });

  it('that throws keeps the request out, and the server serves on', async (t) => {
    let calls = 0;
    const port = await authServer(t, {
      validate: () => {
        calls += 1;
        if (calls === 1) throw new Error('no database');
        return { ok: true };
      },
    });
    const refused = await callTask(port, 'echo', 1);
    assert.equal(refused.status, 401);
    assert.equal(refused.text, UNAUTHORIZED);
    assert.equal((await callTask(port, 'echo', 2)).text, '{"ok":true,"result":2}');
  });

  it('that throws nothing at all keeps the request out', async (t) => {
    const port = await authServer(t, {
      validate: () => {
        throw undefined;
      },
    });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
  });

  it('that rejects keeps the request out', async (t) => {
    const port = await authServer(t, { validate: () => Promise.reject(new Error('no database')) });
    const response = await callTask(port, 'echo', 1);
    assert.equal(response.status, 401);
    assert.equal(response.text, UNAUTHORIZED);
  });

  it('whose ok throws when it is read keeps the request out', async (t) => {
    const verdict = {
      get ok() {
        throw new Error('no verdict');
      },
    };
    const port = await authServer(t, { validate: () => verdict });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
  });

  it('that is slow does not delay another request', async (t) => {
    const slow = deferred();
    const arrived = deferred();
    const port = await authServer(t, {
      validate: async (/** @type {any} */ input) => {
        if (input.headers['x-slow']) {
          arrived.resolve();
          await slow.promise;
        }
        return { ok: true };
      },
    });
    const first = callTask(port, 'echo', 'slow', { headers: { 'x-slow': '1' } });
    await arrived.promise;
    assert.equal((await callTask(port, 'echo', 'fast')).text, '{"ok":true,"result":"fast"}');
    slow.resolve();
    assert.equal((await first).text, '{"ok":true,"result":"slow"}');
  });
});
