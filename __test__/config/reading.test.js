// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, refused } = require('../helpers/options.js');

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

  it('are read once, so that another value at a second read has no effect', async () => {
    /** @param {Record<string, unknown>} values @returns {any} */
    const once = (values) => {
      /** @type {Record<string, number>} */
      const looks = {};
      return new Proxy(values, {
        get(target, key) {
          const name = String(key);
          looks[name] = (looks[name] ?? 0) + 1;
          return looks[name] === 1 ? Reflect.get(target, key) : () => assert.fail('a second look');
        },
      });
    };
    const auth = once({ token: ['secret'], header: 'x-key' });
    const options = once({ port: 0, basePath: '/x', auth, limits: once({ maxJsonBytes: 1000 }) });
    const server = new Server(options);
    server.registerTask('t', () => 1, once({ timeoutMs: 1000 }));
    server.registerEvent('e', () => 1, once({ parallel: true }));
    await server.close(once({ timeoutMs: 1 }));
  });

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
