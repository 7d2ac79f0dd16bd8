// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call, callEvent, callTask } = require('../helpers/http.js');
const { KINDS } = require('../helpers/kinds.js');
const { makeServer, startServer } = require('../helpers/server.js');

const nothing = () => undefined;

for (const { kind, register, unregister, ids } of KINDS) {
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
