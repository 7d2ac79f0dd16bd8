// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callEvent } = require('../helpers/http.js');
const { recordingLogger, startServer, TunnelError } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');

const SANITIZED = '{"ok":false,"error":{"message":"Internal Error","code":"INTERNAL_ERROR"}}';

/**
 * @param {import('node:test').TestContext} t
 * @param {(payload: any, context: import('../../index.js').CallContext) => unknown} handler of the event `e`
 * @param {{ parallel?: boolean }} [options]
 */
async function eventServer(t, handler, options) {
  const logger = recordingLogger();
  const { port } = await startServer(t, { logger }, (server) => server.registerEvent('e', handler, options));
  return { port, logger };
}

/** The outcome of an event of `{ a: 1 }` whose payload is asked back. */
async function returned(
  /** @type {import('node:test').TestContext} */ t,
  /** @type {(payload: any) => unknown} */ handler,
) {
  const { port } = await eventServer(t, handler);
  return (await callEvent(port, 'e', { payload: { a: 1 }, returnPayload: true })).text;
}

describe('the handler of an event', () => {
  it('is given the payload', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const { port } = await eventServer(t, (payload) => {
      seen.push(payload);
    });
    await callEvent(port, 'e', { payload: { a: [1, 'x', null] } });
    await callEvent(port, 'e', { payload: null });
    await callEvent(port, 'e', { payload: 0 });
    assert.deepEqual(seen, [{ a: [1, 'x', null] }, null, 0]);
  });

  it('is given undefined where there is no payload: there is no bare form', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const { port } = await eventServer(t, (payload) => {
      seen.push(payload);
    });
    for (const body of ['', '{}', 'null', '7', '"payload"', '[1]', 'true', '{"input":1}']) {
      assert.equal((await call({ port, path: '/__runner/event/e', body })).text, '{"ok":true}', body);
    }
    assert.deepEqual(seen, Array(8).fill(undefined));
  });

  it('has run to its end before the response', async (t) => {
    const gate = deferred();
    const started = deferred();
    let done = false;
    const { port } = await eventServer(t, async () => {
      started.resolve();
      await gate.promise;
      done = true;
    });
    const response = callEvent(port, 'e', {});
    await started.promise;
    gate.resolve();
    assert.equal((await response).text, '{"ok":true}');
    assert.equal(done, true);
  });

  it('may return what JSON cannot carry where it is not asked for', async (t) => {
    for (const value of [10n, Symbol('s'), () => 1]) {
      const { port } = await eventServer(t, () => value);
      const response = await callEvent(port, 'e', { payload: 1 });
      assert.equal(response.status, 200);
      assert.equal(response.text, '{"ok":true}');
    }
  });
});

describe('returnPayload', () => {
  it('responds with what the handler returned', async (t) => {
    assert.equal(await returned(t, () => ({ b: 2 })), '{"ok":true,"result":{"b":2}}');
  });

  it('responds with what the handler promised', async (t) => {
    assert.equal(await returned(t, async () => [1]), '{"ok":true,"result":[1]}');
  });

  it('responds with the payload where the handler returned undefined', async (t) => {
    assert.equal(await returned(t, () => undefined), '{"ok":true,"result":{"a":1}}');
  });

  it('responds with the payload where the handler promised undefined', async (t) => {
    assert.equal(await returned(t, async () => undefined), '{"ok":true,"result":{"a":1}}');
  });

  it('responds with the payload as the handler changed it', async (t) => {
    const change = (/** @type {any} */ payload) => {
      payload.a += 1;
      payload.seen = true;
    };
    assert.equal(await returned(t, change), '{"ok":true,"result":{"a":2,"seen":true}}');
  });

  it('responds with a payload that was changed after a while', async (t) => {
    const change = async (/** @type {any} */ payload) => {
      await Promise.resolve();
      delete payload.a;
      payload.late = 1;
    };
    assert.equal(await returned(t, change), '{"ok":true,"result":{"late":1}}');
  });

  for (const [what, value, text] of /** @type {[string, unknown, string][]} */ ([
    ['null', null, 'null'],
    ['false', false, 'false'],
    ['zero', 0, '0'],
    ['an empty string', '', '""'],
  ])) {
    it(`responds with ${what} where the handler returned that`, async (t) => {
      assert.equal(await returned(t, () => value), `{"ok":true,"result":${text}}`);
    });
  }

  it('responds with the payload as JSON.stringify writes it', async (t) => {
    const { port } = await eventServer(t, () => undefined);
    const body = '{"payload":{"b":1.50,"a":"\\u0041","b":-0},"returnPayload":1}';
    const response = await call({ port, path: '/__runner/event/e', body });
    assert.equal(response.text, '{"ok":true,"result":{"b":0,"a":"A"}}');
  });

  it('has no result where there is neither payload nor return value', async (t) => {
    const { port } = await eventServer(t, () => undefined);
    assert.equal((await callEvent(port, 'e', { returnPayload: true })).text, '{"ok":true}');
  });

  it('of a result that JSON cannot carry is a sanitized 500', async (t) => {
    const { port } = await eventServer(t, () => ({ n: 1n }));
    const response = await callEvent(port, 'e', { payload: 1, returnPayload: true });
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
  });
});

describe('a parallel event', () => {
  it('is refused with returnPayload before its handler starts', async (t) => {
    let calls = 0;
    const { port } = await eventServer(
      t,
      () => {
        calls += 1;
      },
      { parallel: true },
    );
    const refused = await callEvent(port, 'e', { payload: 1, returnPayload: true });
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.code, 'PARALLEL_EVENT_RETURN_UNSUPPORTED');
    assert.equal(calls, 0);
    assert.equal((await callEvent(port, 'e', { payload: 1 })).status, 200);
    assert.equal(calls, 1);
  });
});

describe('the handler of an event that fails', () => {
  it('by a TunnelError tells the client', async (t) => {
    const { port } = await eventServer(t, () => {
      throw new TunnelError({ message: 'Not now', code: 'BUSY', httpCode: 409 });
    });
    const response = await callEvent(port, 'e', { payload: 1 });
    assert.equal(response.status, 409);
    assert.equal(response.text, '{"ok":false,"error":{"message":"Not now","code":"BUSY","httpCode":409}}');
  });

  it('by any other error tells the log, not the client', async (t) => {
    const { port, logger } = await eventServer(t, async () => {
      throw new Error('secret');
    });
    const response = await callEvent(
      port,
      'e',
      { payload: 1 },
      { headers: { 'x-runner-request-id': 'r-1' } },
    );
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
    assert.deepEqual(logger.entries, [
      {
        level: 'error',
        message: 'exposure.event.error',
        data: { error: 'secret', requestId: 'r-1', id: 'e' },
      },
    ]);
  });

  it('fails a request with returnPayload the same way', async (t) => {
    const { port } = await eventServer(t, () => {
      throw new Error('secret');
    });
    const response = await callEvent(port, 'e', { payload: 1, returnPayload: true });
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
  });
});
