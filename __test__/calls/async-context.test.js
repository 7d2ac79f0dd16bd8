// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { createHook, executionAsyncId, triggerAsyncId } = require('node:async_hooks');
const { plain } = require('../../lib/adapter.js');
const { startChild } = require('../helpers/child.js');
const { eventually, test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { roundTrips } = require('../helpers/probe.js');
const { TunnelServer, startServer } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');
const { scenarios } = require('../helpers/user-code/index.js');
const { visits } = require('../helpers/visits.js');
const { startWorker } = require('../helpers/worker.js');

test('what code enters ends with its request: all calls of one batch', async (t) => {
  const { worker, next } = startWorker(t, serveStores);
  const { port } = await next();
  const block = callTask(port, 'block');
  const cells = await next();
  const calls = Array.from({ length: 20 }, (_, user) => callTask(port, 'enter', user));
  await roundTrips(port);
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
  for (const response of await Promise.all(calls)) assert.equal(response.text, '{"ok":true,"result":"none"}');
  await block;
  await worker.terminate();
});

/**
 * A server whose task `block` blocks the thread, so that calls queue up and cross together.
 *
 * @param {import('../helpers/inside.js').World} world
 */
async function serveStores({ AsyncLocalStorage, makeServer, send }) {
  const storage = new AsyncLocalStorage();
  const server = makeServer();
  server.registerTask('block', () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    send(cells);
    Atomics.wait(cells, 0, 0);
  });
  server.registerTask('enter', (/** @type {number} */ user) => {
    const store = storage.getStore() ?? 'none';
    storage.enterWith(`that of ${user}`);
    return store;
  });
  send(await server.listen());
}

test('what the first use of a store enters ends with its request', async (t) => {
  const { next } = startChild(t, async ({ AsyncLocalStorage, callTask: callOne, makeServer, send }) => {
    /** @type {import('node:async_hooks').AsyncLocalStorage<number> | undefined} */
    let storage;
    const server = makeServer();
    server.registerTask('enter', async (/** @type {number} */ user) => {
      await null;
      storage ??= new AsyncLocalStorage();
      const store = storage.getStore() ?? 'none';
      storage.enterWith(user);
      return store;
    });
    const { port } = await server.listen();
    const responses = [];
    for (const user of [1, 2, 3]) responses.push((await callOne(port, 'enter', user)).json.result);
    send(responses);
    await server.close({ timeoutMs: 100 });
  });
  assert.deepEqual(await next(), ['none', 'none', 'none']);
});

for (const [what, { places, makeOptions, run }] of Object.entries(scenarios)) {
  test(`what code enters ends with its request: ${what}`, async (t) => {
    const { visit, assertApart, left } = watched(places);
    const alive = liveResources(t);
    const { server, port } = await startServer(t, makeOptions?.({ visit }) ?? {});
    let serverId = 0;
    server.registerTask('ids', () => {
      serverId = triggerAsyncId();
    });
    const world = { t, server, port, visit };
    await run('first', world);
    await Promise.all([run('second', world), run('third', world)]);
    await callTask(port, 'ids', undefined, { headers: { authorization: 'yes' } });
    await left();
    assertApart(places, serverId);
    await server.close({ timeoutMs: 1000 });
    await eventually(t, () => alive.size === 0);
  });
}

/**
 * The async resources of servers and requests that have not ended, by id, as tracing tools keep them.
 *
 * @param {import('node:test').TestContext} t
 */
function liveResources(t) {
  /** @type {Map<number, string>} */
  const alive = new Map();
  const hook = createHook({
    init(id, type) {
      if (type.startsWith('RunnerNative')) alive.set(id, type);
    },
    destroy: (id) => void alive.delete(id),
  });
  t.after(() => hook.disable());
  hook.enable();
  return alive;
}

/**
 * The visits, and a promise for the visits of all places.
 *
 * @param {string[]} places
 */
function watched(places) {
  const watch = visits();
  const missing = new Set(places);
  const all = deferred();
  return {
    ...watch,
    /** @type {typeof watch.visit} */
    visit(place, owner) {
      watch.visit(place, owner);
      missing.delete(place);
      if (missing.size === 0) all.resolve();
    },
    left: () => all.promise,
  };
}

test('what code enters ends with its request: the exposure that is refreshed', async (t) => {
  const { visit, assertApart } = visits();
  let looks = 0;
  let serverId = 0;
  /** @type {Parameters<NonNullable<typeof plain.connect>>[0]} */
  let expose;
  const tunnels = { enabled: true, open: false, isFinal: false, tasks: ['ids'], events: [] };
  const application = {
    ...plain,
    core: { wholeDocuments: false },
    connect(/** @type {typeof expose} */ given) {
      expose = given;
      expose(tunnels);
    },
    refresh() {
      looks += 1;
      visit('refresh', looks);
      expose(tunnels);
    },
  };
  const options = { port: 0, auth: { allowAnonymous: true } };
  const server = new /** @type {any} */ (TunnelServer)(options, application);
  t.after(() => server.close({ timeoutMs: 100 }));
  server.registerTask('ids', () => {
    serverId = triggerAsyncId();
  });
  const { port } = await server.listen();
  await callTask(port, 'ids');
  for (let i = 0; i < 3; i += 1) await callTask(port, 'hidden');
  assert.equal(looks, 3);
  assertApart(['refresh'], serverId);
});

test('requests begin with the store that was there when listen() was called, as under http.Server', async (t) => {
  const { storage } = visits();
  const server = storage.run(
    'created',
    () => new TunnelServer({ port: 0, fallback: (_req, res) => res.end(storage.getStore()) }),
  );
  storage.run('registered', () => server.registerTask('store', () => storage.getStore()));
  t.after(() => server.close({ timeoutMs: 100 }));
  const { port } = await storage.run('listen', () => server.listen());
  await storage.run('client', async () => {
    assert.equal((await callTask(port, 'store')).json.result, 'listen');
    assert.equal((await call({ port, method: 'GET', path: '/' })).text, 'listen');
  });
});

test('each call has an async resource of its own, which the server has triggered', async (t) => {
  /** @type {{ id: number, trigger: number }[]} */
  const ids = [];
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('ids', () => {
      ids.push({ id: executionAsyncId(), trigger: triggerAsyncId() });
    }),
  );
  await callTask(port, 'ids');
  await callTask(port, 'ids');
  assert.notEqual(ids[0].id, ids[1].id);
  assert.equal(ids[0].trigger, ids[1].trigger);
});
