// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callEvent } = require('../helpers/http.js');
const { KINDS } = require('../helpers/kinds.js');
const { makeServer, startServer } = require('../helpers/server.js');

const nothing = () => undefined;

for (const { kind, register, ids } of KINDS) {
  describe(register, () => {
    /** @param {unknown[]} args loose, since they are wrong on purpose */
    const registering = (...args) => {
      const server = /** @type {any} */ (makeServer());
      return () => server[register](...args);
    };

    it('returns the server, so that calls can be chained', () => {
      const server = makeServer();
      assert.equal(server[register]('a', nothing), server);
    });

    for (const [what, id] of /** @type {[string, unknown][]} */ ([
      ['empty', ''],
      ['missing', undefined],
      ['null', null],
      ['a number', 7],
      ['a boolean', true],
      ['a symbol', Symbol('a')],
      ['a list', ['a']],
      ['an object with toString', { toString: () => 'a' }],
      ['a String object', Object('a')],
    ])) {
      it(`refuses an id that is ${what}`, () => {
        assert.throws(registering(id, nothing), { code: 'ID_INVALID' });
      });
    }

    for (const [what, handler] of /** @type {[string, unknown][]} */ ([
      ['missing', undefined],
      ['null', null],
      ['a string', 'nothing'],
      ['an object', {}],
      ['a promise of a function', Promise.resolve(nothing)],
    ])) {
      it(`refuses a handler that is ${what}`, () => {
        assert.throws(registering('a', handler), { code: 'HANDLER_INVALID', message: /a/ });
      });
    }

    for (const [what, options] of /** @type {[string, unknown][]} */ ([
      ['null', null],
      ['a number', 100],
      ['a string', 'timeoutMs'],
      ['a list', []],
      ['a function', nothing],
      ['an object with an unknown key', { timeout: 100 }],
      ['timeoutMs of zero', { timeoutMs: 0 }],
      ['timeoutMs below zero', { timeoutMs: -1 }],
      ['timeoutMs of a fraction', { timeoutMs: 1.5 }],
      ['timeoutMs of NaN', { timeoutMs: Number.NaN }],
      ['timeoutMs of Infinity', { timeoutMs: Number.POSITIVE_INFINITY }],
      ['timeoutMs over the limit of timers', { timeoutMs: 2147483648 }],
      ['timeoutMs as a string', { timeoutMs: '100' }],
      ['timeoutMs of null', { timeoutMs: null }],
      ['timeoutMs as a bigint', { timeoutMs: 100n }],
    ])) {
      it(`refuses options that are ${what}`, () => {
        assert.throws(registering('a', nothing, options), { code: 'HANDLER_INVALID' });
      });
    }

    it('refuses options that cannot be read, by their path', () => {
      const options = {
        get timeoutMs() {
          throw new Error('not today');
        },
      };
      const message = /: timeoutMs: received an error: not today/;
      assert.throws(registering('a', nothing, options), { code: 'HANDLER_INVALID', message });
    });

    it('takes timeoutMs from 1 to 2147483647, and undefined', () => {
      const server = makeServer();
      server[register]('a', nothing, { timeoutMs: 1 });
      server[register]('b', nothing, { timeoutMs: 2147483647 });
      server[register]('c', nothing, { timeoutMs: undefined });
      server[register]('d', nothing, {});
      server[register]('e', nothing, undefined);
    });

    it('refuses an id twice, and keeps the first handler', async (t) => {
      const { server, port } = await startServer(t, {}, (made) => made[register]('a', () => 'first'));
      assert.throws(() => server[register]('a', () => 'second'), { code: 'ID_TAKEN', message: /a/ });
      const { text } = await call({
        port,
        path: `/__runner/${kind}/a`,
        body: '{"returnPayload":true}',
      });
      assert.equal(text, '{"ok":true,"result":"first"}');
    });

    it('names the id in the error of an id twice', () => {
      const server = makeServer();
      server[register]('app.some.id', nothing);
      assert.throws(() => server[register]('app.some.id', nothing), {
        code: 'ID_TAKEN',
        message: /app\.some\.id/,
      });
    });

    it('leaves nothing behind when it refuses', async () => {
      const server = makeServer();
      assert.throws(() => server[register]('a', nothing, { timeoutMs: 0 }), { code: 'HANDLER_INVALID' });
      assert.deepEqual(await server[ids](), []);
      server[register]('a', nothing);
      assert.deepEqual(await server[ids](), ['a']);
    });

    it('takes ids of any text', async () => {
      const server = makeServer();
      const texts = [
        ' ',
        'a b',
        'a/b',
        '/',
        '.',
        '..',
        '%',
        '\0',
        'ü',
        '😀',
        '__proto__',
        'constructor',
        'x'.repeat(5000),
      ];
      for (const id of texts) server[register](id, nothing);
      assert.deepEqual(await server[ids](), texts);
    });

    it('before listen makes the id reachable', async (t) => {
      const { port } = await startServer(t, {}, (server) => server[register]('a', nothing));
      assert.equal((await call({ port, path: `/__runner/${kind}/a` })).status, 200);
    });

    it('after listen makes the id reachable', async (t) => {
      const { server, port } = await startServer(t);
      assert.equal((await call({ port, path: `/__runner/${kind}/a` })).status, 404);
      server[register]('a', nothing);
      assert.equal((await call({ port, path: `/__runner/${kind}/a` })).status, 200);
    });

    it('after close is refused', async () => {
      const server = makeServer();
      await server.listen();
      await server.close();
      assert.throws(() => server[register]('a', nothing), { code: 'STATE_INVALID' });
    });
  });
}

describe('registerEvent options', () => {
  for (const idempotent of [1, 'true', null, {}, () => true]) {
    it(`refuse idempotent of ${typeof idempotent} ${String(idempotent)}`, () => {
      const server = makeServer();
      assert.throws(() => server.registerTask('a', nothing, /** @type {any} */ ({ idempotent })), {
        code: 'HANDLER_INVALID',
        message: /idempotent: received .*, expected true or false/,
      });
    });
  }

  for (const parallel of [1, 'true', null, {}, () => true]) {
    it(`refuse parallel of ${typeof parallel} ${String(parallel)}`, () => {
      const server = /** @type {any} */ (makeServer());
      assert.throws(() => server.registerEvent('a', nothing, { parallel }), { code: 'HANDLER_INVALID' });
    });
  }

  it('take parallel of false as no parallel event', async (t) => {
    const { port } = await startServer(t, {}, (server) =>
      server.registerEvent('a', nothing, { parallel: false }),
    );
    assert.equal(
      (await callEvent(port, 'a', { payload: 1, returnPayload: true })).text,
      '{"ok":true,"result":1}',
    );
  });

  it('of events are refused for tasks', () => {
    const server = /** @type {any} */ (makeServer());
    assert.throws(() => server.registerTask('a', nothing, { parallel: true }), { code: 'HANDLER_INVALID' });
  });
});
