// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callEvent, callTask } = require('../helpers/http.js');
const { makeServer, startServer } = require('../helpers/server.js');

// Both kinds have methods of the same shape; typed as those of tasks, since TypeScript cannot call a union of generics.
const KINDS =
  /** @type {{ kind: 'task', register: 'registerTask', unregister: 'unregisterTask', ids: 'getTaskIds' }[]} */ (
    /** @type {unknown} */ ([
      { kind: 'task', register: 'registerTask', unregister: 'unregisterTask', ids: 'getTaskIds' },
      { kind: 'event', register: 'registerEvent', unregister: 'unregisterEvent', ids: 'getEventIds' },
    ])
  );

const nothing = () => undefined;

for (const { kind, register, unregister, ids } of KINDS) {
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

  describe(unregister, () => {
    it('removes the id and returns true', async (t) => {
      const { server, port } = await startServer(t, {}, (made) => made[register]('a', nothing));
      assert.equal(server[unregister]('a'), true);
      assert.equal((await call({ port, path: `/__runner/${kind}/a` })).status, 404);
      assert.deepEqual(await server[ids](), []);
    });

    it('returns false for an id that is not registered', () => {
      const server = makeServer();
      assert.equal(server[unregister]('a'), false);
      server[register]('a', nothing);
      assert.equal(server[unregister]('a'), true);
      assert.equal(server[unregister]('a'), false);
    });

    it('lets the id be registered again, with another handler, at the end', async (t) => {
      const { server, port } = await startServer(t, {}, (made) => {
        made[register]('a', () => 'old');
        made[register]('b', nothing);
      });
      server[unregister]('a');
      server[register]('a', () => 'new');
      assert.deepEqual(await server[ids](), ['b', 'a']);
      const { text } = await call({ port, path: `/__runner/${kind}/a`, body: '{"returnPayload":true}' });
      assert.equal(text, '{"ok":true,"result":"new"}');
    });
  });

  describe(ids, () => {
    it('gives a promise of no ids for a new server', async () => {
      const promise = makeServer()[ids]();
      assert.ok(promise instanceof Promise);
      assert.deepEqual(await promise, []);
    });

    it('gives the ids in order of registration', async () => {
      const server = makeServer();
      for (const id of ['c', 'a', '10', '2', 'b']) server[register](id, nothing);
      assert.deepEqual(await server[ids](), ['c', 'a', '10', '2', 'b']);
    });

    it('gives a list of its own each time', async () => {
      const server = makeServer();
      server[register]('a', nothing);
      (await server[ids]()).push('x');
      assert.deepEqual(await server[ids](), ['a']);
    });
  });
}

describe('tasks and events', () => {
  it('have ids of their own: the same id may be both', async (t) => {
    const { server, port } = await startServer(t, {}, (made) =>
      made.registerTask('same', () => 'task').registerEvent('same', () => 'event'),
    );
    assert.equal((await callTask(port, 'same')).text, '{"ok":true,"result":"task"}');
    assert.equal(
      (await callEvent(port, 'same', { returnPayload: true })).text,
      '{"ok":true,"result":"event"}',
    );
    server.unregisterTask('same');
    assert.equal((await callTask(port, 'same')).status, 404);
    assert.equal((await callEvent(port, 'same', {})).status, 200);
  });

  it('show in discovery as they come and go', async (t) => {
    const { server, port } = await startServer(t);
    const discover = async () =>
      (await call({ port, method: 'GET', path: '/__runner/discovery' })).json.result.allowList;
    assert.deepEqual(await discover(), { enabled: true, tasks: [], events: [] });
    server.registerTask('t1', nothing).registerEvent('e1', nothing).registerTask('t2', nothing);
    assert.deepEqual(await discover(), { enabled: true, tasks: ['t1', 't2'], events: ['e1'] });
    server.unregisterTask('t1');
    assert.deepEqual(await discover(), { enabled: true, tasks: ['t2'], events: ['e1'] });
  });
});

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

describe('a call that is on its way', () => {
  it('ends with its handler although the id is taken away meanwhile', async (t) => {
    /** @type {(value: string) => void} */
    let finish = () => {};
    const { server, port } = await startServer(t);
    const started = new Promise((resolve) => {
      server.registerTask('slow', () => {
        resolve(undefined);
        return new Promise((done) => {
          finish = done;
        });
      });
    });
    const response = callTask(port, 'slow');
    await started;
    assert.equal(server.unregisterTask('slow'), true);
    finish('done');
    assert.equal((await response).text, '{"ok":true,"result":"done"}');
  });
});
