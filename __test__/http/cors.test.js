// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

const A = 'http://a.test';
const B = 'http://b.test';
const PATH = '/__runner/task/echo';

/**
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} options
 */
async function corsServer(t, options) {
  const { port } = await startServer(t, options, (server) => server.registerTask('echo', (input) => input));
  return port;
}

/**
 * The CORS headers of a response to a request of this origin.
 *
 * @param {number} port
 * @param {string} [origin]
 * @param {string} [method]
 */
async function corsOf(port, origin, method = 'POST') {
  const { status, headers } = await call({
    port,
    method,
    path: PATH,
    headers: origin === undefined ? {} : { origin },
  });
  return { status, origin: headers['access-control-allow-origin'], vary: headers['vary'] };
}

describe('an origin as RegExp', () => {
  it('sends a matching origin back, with Vary', async (t) => {
    const port = await corsServer(t, { cors: { origin: /^http:\/\/[ab]\.test$/ } });
    assert.deepEqual(await corsOf(port, A), { status: 200, origin: A, vary: 'Origin' });
    assert.deepEqual(await corsOf(port, B), { status: 200, origin: B, vary: 'Origin' });
  });

  it('sends nothing but Vary to another origin and to a request without one', async (t) => {
    const port = await corsServer(t, { cors: { origin: /^http:\/\/a\.test$/ } });
    assert.deepEqual(await corsOf(port, B), { status: 200, origin: undefined, vary: 'Origin' });
    assert.deepEqual(await corsOf(port), { status: 200, origin: undefined, vary: 'Origin' });
  });

  it('is not tried on a request without an origin, even if it matches the text undefined', async (t) => {
    const port = await corsServer(t, { cors: { origin: /.*/ } });
    assert.equal((await corsOf(port)).origin, undefined);
  });

  it('matches a part of the origin where it has no anchors', async (t) => {
    const port = await corsServer(t, { cors: { origin: /a\.test/ } });
    assert.equal((await corsOf(port, 'http://sub.a.test:8080')).origin, 'http://sub.a.test:8080');
  });

  it('keeps the meaning of JavaScript: look-ahead, back-reference and the i flag', async (t) => {
    const port = await corsServer(t, { cors: { origin: /^http:\/\/(?!evil)(\w)\1\.TEST$/i } });
    assert.equal((await corsOf(port, 'http://aa.test')).origin, 'http://aa.test');
    assert.equal((await corsOf(port, 'http://ab.test')).origin, undefined);
    assert.equal((await corsOf(port, 'http://evil.test')).origin, undefined);
  });

  it('with the g flag treats every request alike', async (t) => {
    const port = await corsServer(t, { cors: { origin: /a\.test$/g } });
    for (let i = 0; i < 4; i += 1) assert.equal((await corsOf(port, A)).origin, A);
    assert.equal((await corsOf(port, B)).origin, undefined);
    assert.equal((await corsOf(port, A)).origin, A);
  });

  it('with the y flag matches from the first character, for every request alike', async (t) => {
    const port = await corsServer(t, { cors: { origin: /http:\/\/a\.test/y } });
    for (let i = 0; i < 4; i += 1) assert.equal((await corsOf(port, A)).origin, A);
    const inner = await corsServer(t, { cors: { origin: /a\.test/y } });
    assert.equal((await corsOf(inner, A)).origin, undefined);
  });

  it('is copied: its own lastIndex neither counts nor moves, and it may be frozen', async (t) => {
    const shared = /a\.test$/g;
    shared.lastIndex = 5;
    const port = await corsServer(t, { cors: { origin: shared } });
    assert.equal((await corsOf(port, A)).origin, A);
    assert.equal(shared.lastIndex, 5);
    const frozen = await corsServer(t, { cors: { origin: Object.freeze(/a\.test$/g) } });
    assert.equal((await corsOf(frozen, A)).origin, A);
  });

  it('holds for preflights', async (t) => {
    const port = await corsServer(t, { cors: { origin: /a\.test$/g } });
    assert.deepEqual(await corsOf(port, A, 'OPTIONS'), { status: 204, origin: A, vary: 'Origin' });
    assert.deepEqual(await corsOf(port, B, 'OPTIONS'), { status: 204, origin: undefined, vary: 'Origin' });
  });

  it('holds for errors', async (t) => {
    const port = await corsServer(t, { cors: { origin: /a\.test$/ }, auth: { token: 'secret' } });
    assert.deepEqual(await corsOf(port, A), { status: 401, origin: A, vary: 'Origin' });
    assert.deepEqual(await corsOf(port, A, 'GET'), { status: 405, origin: A, vary: 'Origin' });
  });

  it('with varyOrigin false sends no Vary', async (t) => {
    const port = await corsServer(t, { cors: { origin: /a\.test$/, varyOrigin: false } });
    assert.deepEqual(await corsOf(port, A), { status: 200, origin: A, vary: undefined });
    assert.deepEqual(await corsOf(port, B), { status: 200, origin: undefined, vary: undefined });
  });
});

describe('an origin as function', () => {
  it('is given the origin of the request', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const origin = (/** @type {string | undefined} */ value) => {
      seen.push(value);
      return value;
    };
    const port = await corsServer(t, { cors: { origin } });
    assert.deepEqual(await corsOf(port, A), { status: 200, origin: A, vary: 'Origin' });
    assert.deepEqual(seen, [A]);
  });

  it('is given undefined where the request has no origin', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const port = await corsServer(t, {
      cors: {
        origin: (/** @type {unknown} */ value) => {
          seen.push(value);
          return B;
        },
      },
    });
    assert.deepEqual(await corsOf(port), { status: 200, origin: B, vary: 'Origin' });
    assert.deepEqual(seen, [undefined]);
  });

  it('decides what is sent, also another origin or the star', async (t) => {
    const port = await corsServer(t, { cors: { origin: (/** @type {string} */ o) => (o === A ? '*' : B) } });
    assert.equal((await corsOf(port, A)).origin, '*');
    assert.equal((await corsOf(port, 'http://c.test')).origin, B);
  });

  for (const [what, value] of /** @type {[string, unknown][]} */ ([
    ['null', null],
    ['undefined', undefined],
    ['an empty string', ''],
  ])) {
    it(`that returns ${what} lets no origin in, with Vary`, async (t) => {
      const port = await corsServer(t, { cors: { origin: () => value } });
      assert.deepEqual(await corsOf(port, A), { status: 200, origin: undefined, vary: 'Origin' });
      assert.deepEqual(await corsOf(port, A, 'OPTIONS'), { status: 204, origin: undefined, vary: 'Origin' });
    });
  }

  for (const [what, value] of /** @type {[string, unknown][]} */ ([
    ['true', true],
    ['a number', 7],
    ['an object', { origin: A }],
    ['a promise', Promise.resolve(A)],
    ['a symbol', Symbol('a')],
  ])) {
    it(`that returns ${what} lets no origin in`, async (t) => {
      const port = await corsServer(t, { cors: { origin: () => value } });
      assert.deepEqual(await corsOf(port, A), { status: 200, origin: undefined, vary: 'Origin' });
    });
  }

  it('that throws lets no origin in, and the server serves on', async (t) => {
    let calls = 0;
    const origin = () => {
      calls += 1;
      throw new Error('no origins today');
    };
    const port = await corsServer(t, { cors: { origin } });
    for (let i = 0; i < 2; i += 1) {
      const response = await callTask(port, 'echo', i, { headers: { origin: A } });
      assert.equal(response.status, 200);
      assert.equal(response.text, `{"ok":true,"result":${i}}`);
      assert.equal(response.headers['access-control-allow-origin'], undefined);
    }
    assert.deepEqual(await corsOf(port, A, 'OPTIONS'), { status: 204, origin: undefined, vary: 'Origin' });
    assert.equal(calls, 3);
  });

  it('that returns a line break cannot add a header', async (t) => {
    const port = await corsServer(t, { cors: { origin: () => `${A}\r\nx-evil: 1` } });
    const { status, headers } = await call({ port, path: PATH, headers: { origin: A } });
    assert.equal(status, 200);
    assert.equal(headers['x-evil'], undefined);
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('is asked once for a preflight', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const port = await corsServer(t, {
      cors: {
        origin: (/** @type {string} */ value) => {
          seen.push(value);
          return value;
        },
      },
    });
    assert.deepEqual(await corsOf(port, A, 'OPTIONS'), { status: 204, origin: A, vary: 'Origin' });
    assert.deepEqual(seen, [A]);
  });

  it('holds for errors that need no JavaScript otherwise', async (t) => {
    const port = await corsServer(t, {
      cors: { origin: (/** @type {string} */ o) => o },
      auth: { token: 'secret' },
    });
    assert.deepEqual(await corsOf(port, A), { status: 401, origin: A, vary: 'Origin' });
    assert.deepEqual(await corsOf(port, B, 'PUT'), { status: 405, origin: B, vary: 'Origin' });
  });

  it('with credentials sends both headers', async (t) => {
    const port = await corsServer(t, { cors: { origin: (/** @type {string} */ o) => o, credentials: true } });
    const { headers } = await call({ port, path: PATH, headers: { origin: A } });
    assert.equal(headers['access-control-allow-origin'], A);
    assert.equal(headers['access-control-allow-credentials'], 'true');
  });

  it('with varyOrigin false sends no Vary', async (t) => {
    const port = await corsServer(t, { cors: { origin: (/** @type {string} */ o) => o, varyOrigin: false } });
    assert.deepEqual(await corsOf(port, A), { status: 200, origin: A, vary: undefined });
  });
});

describe('corsOrigins', () => {
  for (const [form, corsOrigins, other] of /** @type {[string, unknown, string | undefined][]} */ ([
    ['a string', A, A],
    ['the star', '*', '*'],
    ['a list', [A], undefined],
    ['a RegExp', /^http:\/\/a\.test$/, undefined],
    ['a function', (/** @type {string} */ origin) => (origin === A ? A : null), undefined],
  ])) {
    it(`as ${form} is the short form of cors.origin`, async (t) => {
      const short = await corsServer(t, { corsOrigins });
      const long = await corsServer(t, { cors: { origin: corsOrigins } });
      assert.deepEqual(await corsOf(short, A), await corsOf(long, A));
      assert.deepEqual(await corsOf(short, B), await corsOf(long, B));
      assert.equal((await corsOf(short, A)).origin, other === '*' ? '*' : A);
      assert.equal((await corsOf(short, B)).origin, other);
    });
  }

  it('with credentials in cors lets its origins in', async (t) => {
    const port = await corsServer(t, { corsOrigins: /a\.test$/, cors: { credentials: true } });
    const { headers } = await call({ port, path: PATH, headers: { origin: A } });
    assert.equal(headers['access-control-allow-origin'], A);
    assert.equal(headers['access-control-allow-credentials'], 'true');
  });
});

describe('options of CORS', () => {
  it('that change after the server was made change nothing', async (t) => {
    const list = [A];
    const cors = { origin: list, maxAge: 5 };
    const port = await corsServer(t, { cors });
    list.push(B);
    cors.maxAge = 9;
    assert.equal((await corsOf(port, B)).origin, undefined);
    const preflight = await call({ port, method: 'OPTIONS', path: PATH, headers: { origin: A } });
    assert.equal(preflight.headers['access-control-max-age'], '5');
  });
});

describe('repeated request headers', () => {
  it('two Origin headers match no list', async (t) => {
    const port = await corsServer(t, { cors: { origin: [A, B] } });
    const client = await connect(t, port);
    await client.write(
      requestText({ path: PATH, body: '1' }).replace('\r\n\r\n', `\r\norigin: ${A}\r\norigin: ${B}\r\n\r\n`),
    );
    const { status, headers } = await client.response();
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('two Access-Control-Request-Headers are echoed together', async (t) => {
    const port = await corsServer(t, {});
    const client = await connect(t, port);
    const name = 'access-control-request-headers';
    await client.write(
      requestText({ method: 'OPTIONS', path: PATH }).replace(
        '\r\n\r\n',
        `\r\n${name}: x-a\r\n${name}: x-b\r\n\r\n`,
      ),
    );
    const { status, headers } = await client.response();
    assert.equal(status, 204);
    assert.equal(headers['access-control-allow-headers'], 'x-a, x-b');
  });
});
