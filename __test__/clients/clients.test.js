// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { createHttpClient, createHttpMixedClient, createHttpSmartClient, r, Serializer } = /** @type {any} */ (
  require('@bluelibs/runner/node')
);
const { startServer, TunnelError } = require('../helpers/server.js');

const userNotFound = r
  .error('app.errors.userNotFound')
  .format((/** @type {{ userId: number }} */ data) => `No user ${data.userId}`)
  .build();

/** @param {import('../../index.js').TunnelServer} server */
function registerAll(server) {
  /** @type {unknown[]} */
  server
    .registerTask('app.tasks.add', (/** @type {{ a: number, b: number }} */ { a, b }) => a + b)
    .registerTask('app/tasks/echo ü', (input) => input)
    .registerTask('app.tasks.none', () => undefined)
    .registerTask('app.tasks.typed', (/** @type {{ userId: number }} */ { userId }) => {
      throw new TunnelError({
        message: `No user ${userId}`,
        code: 'USER_NOT_FOUND',
        httpCode: 404,
        id: 'app.errors.userNotFound',
        data: { userId },
      });
    })
    .registerTask('app.tasks.broken', () => {
      throw new Error('secret');
    })
    .registerEvent('app.events.enrich', (/** @type {object} */ payload) => ({ ...payload, seen: true }))
    .registerEvent('app.events.change', (/** @type {any} */ payload) => {
      payload.changed = true;
    });
}

// The clients that applications use must not be able to tell this server from nodeExposure.
for (const [name, create] of /** @type {[string, (config: object) => any][]} */ ([
  ['createHttpClient', createHttpClient],
  ['createHttpSmartClient', createHttpSmartClient],
  ['createHttpMixedClient', createHttpMixedClient],
  [
    'createHttpMixedClient with forceSmart',
    (config) => createHttpMixedClient({ ...config, forceSmart: true }),
  ],
])) {
  describe(name, () => {
    /**
     * @param {import('node:test').TestContext} t
     * @param {object} [more] of the client's configuration
     */
    const connected = async (t, more = {}) => {
      /** @type {unknown[]} */
      const emitted = [];
      const { url } = await startServer(t, { auth: { token: ['old', 'secret'] } }, (server) => {
        registerAll(server);
        server.registerEvent('app.events.note', (payload) => {
          emitted.push(payload);
        });
      });
      const config = {
        baseUrl: `${url}/__runner`,
        auth: { token: 'secret' },
        serializer: new Serializer(),
        ...more,
      };
      return { client: create(config), emitted };
    };

    it('runs a task', async (t) => {
      const { client } = await connected(t);
      assert.equal(await client.task('app.tasks.add', { a: 2, b: 3 }), 5);
    });

    it('runs a task whose id needs escapes, and gets its input back', async (t) => {
      const { client } = await connected(t);
      const input = { text: 'üñ😀', list: [1, null, 'x'], nested: { empty: {} } };
      assert.deepEqual(await client.task('app/tasks/echo ü', input), input);
    });

    it('runs a task without an input and without a result', async (t) => {
      const { client } = await connected(t);
      assert.equal(await client.task('app.tasks.none'), undefined);
    });

    it('gets a typed error with code, id, data and httpCode', async (t) => {
      const { client } = await connected(t);
      await assert.rejects(client.task('app.tasks.typed', { userId: 7 }), {
        name: 'TunnelError',
        message: 'No user 7',
        code: 'USER_NOT_FOUND',
        id: 'app.errors.userNotFound',
        data: { userId: 7 },
        httpCode: 404,
      });
    });

    it('makes an error of the application out of a typed error that it knows', async (t) => {
      const { client } = await connected(t, { errorRegistry: new Map([[userNotFound.id, userNotFound]]) });
      await assert.rejects(client.task('app.tasks.typed', { userId: 7 }), (error) => {
        assert.ok(userNotFound.is(error));
        assert.deepEqual(/** @type {any} */ (error).data, { userId: 7 });
        return true;
      });
    });

    it('gets a sanitized error of a task that breaks', async (t) => {
      const { client } = await connected(t);
      await assert.rejects(client.task('app.tasks.broken'), {
        message: 'Internal Error',
        code: 'INTERNAL_ERROR',
      });
    });

    it('gets NOT_FOUND of a task that does not exist', async (t) => {
      const { client } = await connected(t);
      await assert.rejects(client.task('app.tasks.nope', 1), {
        message: 'Task app.tasks.nope not found',
        code: 'NOT_FOUND',
      });
    });

    it('emits an event', async (t) => {
      const { client, emitted } = await connected(t);
      assert.equal(await client.event('app.events.note', { a: 1 }), undefined);
      assert.deepEqual(emitted, [{ a: 1 }]);
    });

    it('emits an event without a payload', async (t) => {
      const { client, emitted } = await connected(t);
      await client.event('app.events.note');
      assert.equal(emitted.length, 1);
    });

    it('emits an event and gets what its handler returned', async (t) => {
      const { client } = await connected(t);
      assert.deepEqual(await client.eventWithResult('app.events.enrich', { a: 1 }), { a: 1, seen: true });
    });

    it('emits an event and gets its payload as the handler changed it', async (t) => {
      const { client } = await connected(t);
      assert.deepEqual(await client.eventWithResult('app.events.change', { a: 1 }), { a: 1, changed: true });
    });

    it('gets NOT_FOUND of an event that does not exist', async (t) => {
      const { client } = await connected(t);
      await assert.rejects(client.event('app.events.nope', 1), { code: 'NOT_FOUND' });
    });

    it('gets UNAUTHORIZED with a wrong token, for tasks and events', async (t) => {
      const { client, emitted } = await connected(t, { auth: { token: 'wrong' } });
      await assert.rejects(client.task('app.tasks.add', { a: 1, b: 1 }), {
        message: 'Unauthorized',
        code: 'UNAUTHORIZED',
      });
      await assert.rejects(client.event('app.events.note', 1), { code: 'UNAUTHORIZED' });
      await assert.rejects(client.eventWithResult('app.events.note', 1), { code: 'UNAUTHORIZED' });
      assert.deepEqual(emitted, []);
    });

    it('gets UNAUTHORIZED without a token', async (t) => {
      const { client } = await connected(t, { auth: undefined });
      await assert.rejects(client.task('app.tasks.add', { a: 1, b: 1 }), { code: 'UNAUTHORIZED' });
    });

    it('runs many tasks at a time', async (t) => {
      const { client } = await connected(t);
      const sums = await Promise.all(
        Array.from({ length: 100 }, (_, n) => client.task('app.tasks.add', { a: n, b: n })),
      );
      assert.deepEqual(
        sums,
        Array.from({ length: 100 }, (_, n) => 2 * n),
      );
    });
  });
}
