// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { assertServes, errorsOf, errorText, startProbed } = require('../helpers/probe.js');
const { recordingLogger } = require('../helpers/server.js');

const SECRET = 'postgres://admin:hunter2@db';
const INTERNAL = errorText('Internal Error', 'INTERNAL_ERROR');

class SecretError extends Error {}

/** @param {PropertyDescriptor & ThisType<any>} descriptor */
const errorWithMessage = (descriptor) => Object.defineProperty(new Error('replaced'), 'message', descriptor);

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const trap = () => {
  throw new Error(SECRET);
};

/**
 * Thrown values, and whether their texts are in the log.
 *
 * @type {Record<string, { thrown: () => unknown, logged: boolean }>}
 */
const cases = {
  'an Error': { thrown: () => new Error(SECRET), logged: true },
  'an Error of a subclass': { thrown: () => new SecretError(SECRET), logged: true },
  'a TypeError': { thrown: () => new TypeError(SECRET), logged: true },
  'an Error with a cause': { thrown: () => new Error(SECRET, { cause: new Error(SECRET) }), logged: true },
  'an AggregateError': { thrown: () => new AggregateError([new Error(SECRET)], SECRET), logged: true },
  'an Error that looks like a typed one': {
    thrown: () =>
      Object.assign(new Error(SECRET), { name: 'TunnelError', code: SECRET, httpCode: 418, data: SECRET }),
    logged: true,
  },
  'a string': { thrown: () => SECRET, logged: true },
  'an empty string': { thrown: () => '', logged: false },
  undefined: { thrown: () => undefined, logged: false },
  null: { thrown: () => null, logged: false },
  'a number': { thrown: () => 42, logged: false },
  NaN: { thrown: () => Number.NaN, logged: false },
  false: { thrown: () => false, logged: false },
  'a bigint': { thrown: () => 42n, logged: false },
  'a symbol': { thrown: () => Symbol(SECRET), logged: false },
  'a function': { thrown: () => () => SECRET, logged: false },
  'a frozen object': { thrown: () => Object.freeze({ message: SECRET }), logged: false },
  'an object without prototype': { thrown: () => Object.create(null), logged: false },
  'an object whose getters throw': {
    thrown: () =>
      Object.defineProperties(
        {},
        {
          message: { get: trap },
          code: { get: trap },
          httpCode: { get: trap },
          name: { get: trap },
          stack: { get: trap },
          toString: { get: trap },
          [Symbol.toPrimitive]: { get: trap },
        },
      ),
    logged: false,
  },
  'a Proxy whose every trap throws': {
    thrown: () => new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap }),
    logged: false,
  },
  'a revoked Proxy': { thrown: revokedProxy, logged: false },
  'an Error whose message getter throws': { thrown: () => errorWithMessage({ get: trap }), logged: false },
  'an Error whose message is an object': {
    thrown: () => errorWithMessage({ value: { SECRET } }),
    logged: false,
  },
  'an Error whose message is a symbol': {
    thrown: () => errorWithMessage({ value: Symbol(SECRET) }),
    logged: false,
  },
  'an Error with a message of 1 MB': { thrown: () => new Error(SECRET.repeat(40_000)), logged: true },
  'an Error with lone surrogates in its message': {
    thrown: () => new Error(`${SECRET} \ud800 \udfff`),
    logged: true,
  },
};

/** @type {Record<string, (thrown: () => unknown) => () => unknown>} */
const ways = {
  'thrown at once': (thrown) => () => {
    throw thrown();
  },
  rejected: (thrown) => () => Promise.reject(thrown()),
  'thrown later': (thrown) => async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw thrown();
  },
};

/**
 * @param {{ entries: { level: string, message: string, data: any }[] }} logger
 * @param {string} message
 * @param {boolean} logged
 */
function assertLogged(logger, message, logged) {
  const errors = errorsOf(logger);
  assert.equal(errors.length, 1);
  assert.equal(errors[0].message, message);
  assert.equal(errors[0].data.id, 'hostile');
  assert.match(errors[0].data.requestId, /^[0-9a-f-]{36}$/);
  assert.equal(typeof errors[0].data.error, 'string');
  if (logged) assert.ok(errors[0].data.error.includes(SECRET));
  logger.entries.length = 0;
}

for (const [what, { thrown, logged }] of Object.entries(cases)) {
  for (const [way, throwing] of Object.entries(ways)) {
    test(`${what}, ${way}, is a 500 that tells the client nothing and the log what it was`, async (t) => {
      const logger = recordingLogger();
      const { port } = await startProbed(t, { logger }, (server) => {
        server.registerTask('hostile', throwing(thrown));
        server.registerEvent('hostile', throwing(thrown));
      });
      const task = await callTask(port, 'hostile');
      assert.equal(task.status, 500);
      assert.equal(task.text, INTERNAL);
      assert.ok(!task.rawHeaders.join().includes(SECRET));
      assertLogged(logger, 'exposure.task.error', logged);

      const event = await callEvent(port, 'hostile', { payload: 1, returnPayload: true });
      assert.equal(event.status, 500);
      assert.equal(event.text, INTERNAL);
      assertLogged(logger, 'exposure.event.error', logged);
      await assertServes(port);
    });
  }
}

test('a stack overflow in a handler is a 500, and the next one too', async (t) => {
  const logger = recordingLogger();
  const { port } = await startProbed(t, { logger }, (server) => {
    /** @returns {unknown} */
    const deeper = () => [deeper()];
    server.registerTask('deep', deeper);
  });
  for (let i = 0; i < 3; i += 1) {
    const response = await callTask(port, 'deep');
    assert.equal(response.status, 500);
    assert.equal(response.text, INTERNAL);
  }
  assert.match(errorsOf(logger)[0].data.error, /call stack/i);
  await assertServes(port);
});

test('errors are 500 without a logger, and nothing is lost', async (t) => {
  const { port } = await startProbed(t, {}, (server) => server.registerTask('hostile', trap));
  assert.equal((await callTask(port, 'hostile')).text, INTERNAL);
  await assertServes(port);
});

test('a logger that throws changes no response', async (t) => {
  const logger = { error: trap, warn: trap, info: trap };
  const { port } = await startProbed(t, { logger }, (server) => server.registerTask('hostile', trap));
  const response = await callTask(port, 'hostile');
  assert.equal(response.status, 500);
  assert.equal(response.text, INTERNAL);
  await assertServes(port);
});

test('a logger is called on its own object', async (t) => {
  class Logger {
    /** @type {string[]} */
    seen = [];
    /** @param {string} message */
    error(message) {
      this.seen.push(message);
    }
  }
  const logger = new Logger();
  const { port } = await startProbed(t, { logger }, (server) => server.registerTask('hostile', trap));
  await callTask(port, 'hostile');
  assert.deepEqual(logger.seen, ['exposure.task.error']);
});
