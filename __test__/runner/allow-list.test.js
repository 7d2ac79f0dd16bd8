// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { computeAllowList } = require('../../runner/allow-list.js');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { event, peer, startApp, task, tunnel } = require('../helpers/runner-app.js');

const TASKS = ['t.one', 't.two', 't.three'];
const EVENTS = ['e.one', 'e.two'];

/**
 * A selector that accepts everything while the application starts, which would fail otherwise, and is set later.
 *
 * @param {(item: any) => boolean} select
 */
function changing(select) {
  const state = { started: false };
  const selector = (/** @type {any} */ item) => (state.started ? select(item) : true);
  return Object.assign(selector, { state });
}

const items = () => [...TASKS.map((id) => task(id)), ...EVENTS.map((id) => event(id))];

/**
 * The discovery of nodeExposure.
 *
 * @param {any} t
 * @param {any} deps
 */
async function discovered(t, deps) {
  const config = { http: { auth: { allowAnonymous: true }, listen: { port: 0 } } };
  const exposure = await peer.nodeExposure.init(config, deps, {});
  t.after(() => exposure.close());
  const { port } = exposure.server.address();
  const { json } = await call({ port, method: 'GET', path: '/__runner/discovery' });
  return json.result.allowList;
}

for (const [name, values] of /** @type {Array<[string, any[]]>} */ ([
  ['there is none', []],
  ['they list ids', [{ mode: 'server', transport: 'http', tasks: ['t.two', 't.one'], events: ['e.two'] }]],
  ['they list definitions', [{ mode: 'server', tasks: [task('t.one')], events: [event('e.one')] }]],
  [
    'they select by function',
    [
      {
        mode: 'server',
        tasks: (/** @type {any} */ { id }) => id !== 't.two' && id.startsWith('t.'),
        events: () => false,
      },
    ],
  ],
  [
    'a selector throws',
    [
      {
        mode: 'server',
        tasks: changing(({ id }) => {
          if (id === 't.two') throw new Error('cannot say');
          return id === 't.three';
        }),
      },
    ],
  ],
  [
    'some do not serve, or not over HTTP',
    [
      { mode: 'none', tasks: ['t.one'] },
      { mode: 'client', tasks: ['t.one'], run: async () => 1 },
      { mode: 'server', transport: 'pigeon', tasks: ['t.two'] },
      { tasks: ['t.two'] },
    ],
  ],
  [
    'they overlap',
    [
      { mode: 'server', tasks: ['t.two'] },
      { mode: 'both', tasks: ['t.one', 't.two'], run: async () => 1 },
    ],
  ],
  ['one serves nothing', [{ mode: 'server' }]],
])) {
  test(`the list of the tunnels is that of nodeExposure where ${name}`, async (t) => {
    const tunnels = values.map((value, index) => tunnel(`tunnel.${index}`, value));
    const { deps } = await startApp(t, [...items(), ...tunnels]);
    for (const { tasks } of values) if (tasks?.state) tasks.state.started = true;
    const { enabled, tasks, events, isFinal } = computeAllowList(deps.store, deps.logger);
    assert.deepEqual({ enabled, tasks, events }, await discovered(t, deps));
    assert.equal(isFinal, true);
  });
}

test('items that are no ids are passed over', async () => {
  const value = { mode: 'server', tasks: [null, 7, {}, undefined, 'a', { id: 'b' }, { id: 7 }] };
  const { tags } = peer.globals;
  const resources = new Map([
    ['x', { resource: { id: 'x', tags: [tags.tunnel] }, value, isInitialized: true }],
  ]);
  const store = { resources, tasks: new Map(), events: new Map() };
  assert.deepEqual(computeAllowList(store).tasks, ['a', 'b']);
});

test('an id accepts async contexts unless a tunnel that selects it does not', async (t) => {
  const { deps } = await startApp(t, [
    ...items(),
    tunnel('open', { mode: 'server', tasks: ['t.one', 't.two'], events: ['e.one'], allowAsyncContext: true }),
    tunnel('closed', {
      mode: 'server',
      tasks: ['t.two', 't.three'],
      events: ['e.two'],
      allowAsyncContext: false,
    }),
    tunnel('again', { mode: 'server', tasks: ['t.two', 't.one'] }),
  ]);
  const { taskContexts, eventContexts } = computeAllowList(deps.store);
  assert.deepEqual(Object.fromEntries(taskContexts), { 't.one': true, 't.two': false, 't.three': false });
  assert.deepEqual(Object.fromEntries(eventContexts), { 'e.one': true, 'e.two': false });
});

test('a selector that throws is reported with what it could not select', async (t) => {
  const failure = new Error('cannot say');
  const selector = changing(({ id }) => {
    if (id === 't.two' || id === 'e.one') throw failure;
    return true;
  });
  const { deps, logs } = await startApp(t, [
    ...items(),
    tunnel('picky', { mode: 'server', tasks: selector, events: selector }),
  ]);
  logs.length = 0;
  selector.state.started = true;
  computeAllowList(deps.store, deps.logger);
  assert.deepEqual(
    logs.map(({ level, message, error, data }) => [level, message, error.message, data]),
    ['task', 'event'].map((selectorKind) => [
      'warn',
      '[runner] Tunnel allow-list selector failed; item skipped.',
      failure.message,
      { selectorKind, candidateId: selectorKind === 'task' ? 't.two' : 'e.one', tunnelResourceId: 'picky' },
    ]),
  );
});

test('a logger that throws does not change the list', async (t) => {
  const selector = changing(() => {
    throw new Error('cannot say');
  });
  const { deps } = await startApp(t, [...items(), tunnel('picky', { mode: 'server', tasks: selector })]);
  selector.state.started = true;
  const logger = {
    warn: () => {
      throw new Error('no disk');
    },
  };
  assert.deepEqual(computeAllowList(deps.store, logger).tasks, []);
});

test('the list is not final while a tunnel waits to be initialised', async (t) => {
  const lazy = tunnel('lazy', { mode: 'server', tasks: ['t.one'] });
  const { deps, runtime } = await startApp(t, [...items(), lazy], { lazy: true });
  const before = computeAllowList(deps.store);
  assert.deepEqual([before.enabled, before.isFinal, before.tasks], [false, false, []]);
  await runtime.getLazyResourceValue(lazy);
  const after = computeAllowList(deps.store);
  assert.deepEqual([after.enabled, after.isFinal, after.tasks], [true, true, ['t.one']]);
});
