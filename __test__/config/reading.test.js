// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { once, problemsOf, refused, Server } = require('../helpers/options.js');

describe('options that cannot be read', () => {
  /** @param {string} key @returns {any} */
  const broken = (key) =>
    Object.defineProperty({}, key, {
      enumerable: true,
      get() {
        throw new Error('not today');
      },
    });
  for (const [path, options] of /** @type {[string, object][]} */ ([
    ['host', Object.assign(broken('host'), { port: 0 })],
    ['limits.maxJsonBytes', { port: 0, limits: broken('maxJsonBytes') }],
    ['auth.token[1]', { port: 0, auth: { token: Object.assign(['first'], { length: 2 }) } }],
  ])) {
    it(`are problems of their paths: ${path}`, () => {
      if (path.startsWith('auth'))
        Object.defineProperty(/** @type {any} */ (options).auth.token, 1, { get: () => broken('a').a });
      refused(options, path, 'an error: not today');
      new Server({ port: 0 });
    });
  }

  it('leave the next server alone: a proxy that throws', () => {
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no keys today');
        },
      },
    );
    assert.throws(() => new Server(proxy));
    new Server({ port: 0 });
  });
});

describe('options', () => {
  it('are read once, so that another value at a second read has no effect', async () => {
    const auth = once({ token: ['secret'], header: 'x-key' });
    const options = once({ port: 0, basePath: '/x', auth, limits: once({ maxJsonBytes: 1000 }) });
    const server = new Server(options);
    server.registerTask('t', () => 1, once({ timeoutMs: 1000 }));
    server.registerEvent('e', () => 1, once({ parallel: true }));
    await server.close(once({ timeoutMs: 1 }));
  });
});

describe('an array', () => {
  /** @type {unknown[]} */
  const none = [];
  const endless = new Proxy(none, {
    get: (target, key) => (key === 'length' ? 2 ** 53 - 1 : Reflect.get(target, key)),
  });

  for (const [what, items, received] of /** @type {[string, any, string][]} */ ([
    ['sparse', Object.assign([], { length: 4e9 }), 'an array of 4000000000 items'],
    ['a Proxy', endless, 'an array of 9007199254740991 items'],
  ])) {
    for (const path of [
      'corsOrigins',
      'cors.methods',
      'auth.token',
      'auth.validate',
      'allowList.tasks',
      'port',
    ]) {
      it(`that is ${what} and too long is refused unread: ${path}`, () => {
        const [section, key] = path.split('.');
        const options = { port: 0, [section]: key === undefined ? items : { [key]: items } };
        refused(options, path, received);
        assert.equal(problemsOf(options)[0].expected, 'at most 65536 items');
      });
    }
  }

  it('of 65,536 items is read', () => {
    const tasks = Array.from({ length: 65_536 }, (_, index) => `task ${index}`);
    new Server({ port: 0, allowList: { tasks } });
    refused(
      { port: 0, allowList: { tasks: [...tasks, 'one more'] } },
      'allowList.tasks',
      'an array of 65537 items',
    );
  });

  it('in place of all options is refused, however long it is', () => {
    refused(Object.assign([], { length: 4e9 }), 'options', 'an array of 4000000000 items');
  });
});
