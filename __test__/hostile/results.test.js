// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { assertServes, errorsOf, errorText, startProbed } = require('../helpers/probe.js');
const { recordingLogger } = require('../helpers/server.js');

const SECRET = 'postgres://admin:hunter2@db';
const INTERNAL = errorText('Internal Error', 'INTERNAL_ERROR');

const trap = () => {
  throw new Error(SECRET);
};

function cycle() {
  /** @type {Record<string, unknown>} */
  const object = { SECRET };
  object.self = object;
  return object;
}

function tooDeep() {
  /** @type {unknown[]} */
  let value = [];
  for (let i = 0; i < 1_000_000; i += 1) value = [value];
  return value;
}

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** @type {Record<string, () => unknown>} */
const unserializable = {
  'a bigint': () => 42n,
  'a bigint inside': () => ({ deep: [42n] }),
  'a cycle': cycle,
  'a function': () => () => SECRET,
  'a class': () => class {},
  'a symbol': () => Symbol(SECRET),
  'an object whose toJSON throws': () => ({ toJSON: trap }),
  'an object whose toJSON throws, inside': () => [{ toJSON: trap }],
  'an object whose getter throws': () => Object.defineProperty({}, 'value', { enumerable: true, get: trap }),
  'a Proxy whose traps throw': () => [new Proxy({}, { ownKeys: trap })],
  'a revoked Proxy': () => [revokedProxy()],
  'a toJSON that returns a bigint': () => ({ toJSON: () => 42n }),
  'an invalid date inside': () => ({ when: { toJSON: () => new Date(Number.NaN).toISOString() } }),
};

for (const [what, make] of Object.entries(unserializable)) {
  test(`${what} as a result is a 500 that tells the client nothing, and is logged`, async (t) => {
    const logger = recordingLogger();
    const { port } = await startProbed(t, { logger }, (server) => {
      server.registerTask('sync', () => make());
      server.registerTask('async', async () => make());
      server.registerEvent('event', () => make());
    });
    const responses = [
      await callTask(port, 'sync'),
      await callTask(port, 'async'),
      await callEvent(port, 'event', { returnPayload: true }),
    ];
    for (const response of responses) {
      assert.equal(response.status, 500);
      assert.equal(response.text, INTERNAL);
    }
    assert.deepEqual(
      errorsOf(logger).map((entry) => [entry.message, entry.data.id]),
      [
        ['exposure.task.error', 'sync'],
        ['exposure.task.error', 'async'],
        ['exposure.event.error', 'event'],
      ],
    );
    await assertServes(port);
  });
}

test('a result that was not asked for is not serialized: an event may return what JSON cannot carry', async (t) => {
  const { port } = await startProbed(t, {}, (server) => server.registerEvent('event', cycle));
  assert.equal((await callEvent(port, 'event', { payload: 1 })).text, '{"ok":true}');
  await assertServes(port);
});

/** @type {Record<string, { make: () => unknown, text: string }>} */
const odd = {
  undefined: { make: () => undefined, text: '{"ok":true}' },
  null: { make: () => null, text: '{"ok":true,"result":null}' },
  NaN: { make: () => Number.NaN, text: '{"ok":true,"result":null}' },
  'minus zero': { make: () => -0, text: '{"ok":true,"result":0}' },
  'an empty string': { make: () => '', text: '{"ok":true,"result":""}' },
  'a lone surrogate': { make: () => '\ud800', text: '{"ok":true,"result":"\\ud800"}' },
  'line and paragraph separators': {
    make: () => '\u2028\u2029',
    text: '{"ok":true,"result":"\u2028\u2029"}',
  },
  'a NUL': { make: () => 'a\0b', text: '{"ok":true,"result":"a\\u0000b"}' },
  'a date': { make: () => new Date(0), text: '{"ok":true,"result":"1970-01-01T00:00:00.000Z"}' },
  'functions and symbols inside an object': {
    make: () => ({ a: 1, f: trap, s: Symbol('s'), u: undefined }),
    text: '{"ok":true,"result":{"a":1}}',
  },
  'functions and symbols inside an array': {
    make: () => [trap, Symbol('s'), undefined],
    text: '{"ok":true,"result":[null,null,null]}',
  },
  'a map': { make: () => new Map([[1, 2]]), text: '{"ok":true,"result":{}}' },
  'a toJSON': {
    make: () => ({ toJSON: () => ({ as: 'told' }) }),
    text: '{"ok":true,"result":{"as":"told"}}',
  },
  'a boxed string': { make: () => Object('boxed'), text: '{"ok":true,"result":"boxed"}' },
  'what looks like an envelope': { make: () => ({ ok: false }), text: '{"ok":true,"result":{"ok":false}}' },
};

for (const [what, { make, text }] of Object.entries(odd)) {
  test(`${what} as a result is what JSON.stringify makes of it`, async (t) => {
    const { port } = await startProbed(t, {}, (server) => {
      server.registerTask('sync', () => make());
      server.registerTask('async', async () => make());
    });
    for (const id of ['sync', 'async']) {
      const response = await callTask(port, id);
      assert.equal(response.status, 200);
      assert.equal(response.text, text);
    }
    await assertServes(port);
  });
}

test('a toJSON that returns undefined is no result, or a 500', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('hostile', () => ({ toJSON: () => undefined }));
  });
  const response = await callTask(port, 'hostile');
  assert.equal(response.text, response.status === 200 ? '{"ok":true}' : INTERNAL);
  await assertServes(port);
});

test('a result that is nested a million deep is sent whole or is a 500', async (t) => {
  const { port } = await startProbed(t, {}, (server) => server.registerTask('deep', tooDeep));
  const response = await callTask(port, 'deep');
  // Whether JSON.stringify recurses depends on the version of Node.
  if (response.status === 200) assert.equal(response.text.length, '{"ok":true,"result":}'.length + 2_000_002);
  else assert.equal(response.text, INTERNAL);
  await assertServes(port);
});

test('a returned Error does not tell its stack', async (t) => {
  const { port } = await startProbed(t, {}, (server) =>
    server.registerTask('hostile', () => new Error('returned')),
  );
  const response = await callTask(port, 'hostile');
  assert.equal(response.status, 200);
  assert.ok(!response.text.includes('.js') && !response.text.includes('stack'), response.text);
  await assertServes(port);
});

test('a result that is changed after it was returned arrives as it was returned', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('sync', () => {
      const result = { value: 'before' };
      setImmediate(() => {
        result.value = 'after';
      });
      return result;
    });
    server.registerTask('async', async () => {
      const result = { value: 'before' };
      setImmediate(() => {
        result.value = 'after';
      });
      return result;
    });
  });
  for (const id of ['sync', 'async']) {
    assert.equal((await callTask(port, id)).text, '{"ok":true,"result":{"value":"before"}}');
  }
});
