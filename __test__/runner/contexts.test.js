// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { withContexts } = require('../../runner/contexts.js');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { peer, startApp, task, tunnel } = require('../helpers/runner-app.js');

const { r } = peer;

const user = r.asyncContext('ctx.user').build();
const tenant = r
  .asyncContext('ctx.tenant')
  .serialize((/** @type {string} */ value) => `tenant:${value}`)
  .parse((/** @type {string} */ text) => {
    if (!text.startsWith('tenant:')) throw new Error('no tenant');
    return text.slice('tenant:'.length);
  })
  .build();
const checked = r
  .asyncContext('ctx.checked')
  .configSchema({
    parse: (/** @type {any} */ value) => {
      if (value.ok !== true) throw new Error('not acceptable');
      return { ...value, seen: true };
    },
  })
  .build();
const unregistered = r.asyncContext('ctx.unregistered').build();

const CONTEXTS = { user, tenant, checked, unregistered };

/** What every context holds where it is asked. */
async function seen() {
  /** @type {Record<string, unknown>} */
  const values = {};
  for (const [name, context] of Object.entries(CONTEXTS)) {
    try {
      values[name] = context.use();
    } catch {
      values[name] = undefined;
    }
  }
  return values;
}

const NONE = { user: undefined, tenant: undefined, checked: undefined, unregistered: undefined };
const text = (/** @type {unknown} */ value) => JSON.stringify(value);

/**
 * What a task sees with this package's `withContexts`, and with nodeExposure.
 *
 * @param {any} t
 * @param {string} header
 */
async function bothSee(t, header) {
  const items = [
    user,
    tenant,
    checked,
    task('seen', seen),
    tunnel('tunnel', { mode: 'server', tasks: ['seen'] }),
  ];
  const { deps } = await startApp(t, items);
  const exposure = await peer.nodeExposure.init(
    { http: { auth: { allowAnonymous: true }, listen: { port: 0 } } },
    deps,
    {},
  );
  t.after(() => exposure.close());
  const { port } = exposure.server.address();
  const response = await call({ port, path: '/__runner/task/seen', headers: { 'x-runner-context': header } });
  const nodeExposure =
    response.status === 200 ? deps.serializer.parse(response.text).result : response.json.error;
  let ours;
  try {
    ours = await withContexts(header, deps.store, deps.serializer, seen);
  } catch (error) {
    ours = error;
  }
  return { ours, nodeExposure };
}

for (const [name, header, expected] of /** @type {Array<[string, string, any]>} */ ([
  [
    'several contexts',
    text({ 'ctx.user': text({ id: 7 }), 'ctx.tenant': 'tenant:acme' }),
    { user: { id: 7 }, tenant: 'acme' },
  ],
  [
    'a value that the context changes as it takes it',
    text({ 'ctx.checked': text({ ok: true }) }),
    { checked: { ok: true, seen: true } },
  ],
  ['a context that is not registered', text({ 'ctx.unregistered': text(1) }), {}],
  [
    'one that cannot be parsed beside one that can',
    text({ 'ctx.tenant': 'acme', 'ctx.user': text(1) }),
    { user: 1 },
  ],
  ['an entry that is no text', text({ 'ctx.user': 7, 'ctx.tenant': 'tenant:x' }), { tenant: 'x' }],
  ['a header that is not JSON', '{"ctx.user"', {}],
  ['a header that is null', 'null', {}],
  ['a list', '["a"]', {}],
  ['an empty header', '', {}],
])) {
  test(`${name} in the header: a task sees what it sees in nodeExposure`, async (t) => {
    const { ours, nodeExposure } = await bothSee(t, header);
    assert.deepEqual(ours, nodeExposure);
    assert.deepEqual(ours, { ...NONE, ...expected });
  });
}

test('a value that its context refuses fails the call, as in nodeExposure', async (t) => {
  const { ours, nodeExposure } = await bothSee(t, text({ 'ctx.checked': text({ ok: false }) }));
  assert.equal(ours.message, 'not acceptable');
  assert.deepEqual(nodeExposure, { message: 'Internal Error', code: 'INTERNAL_ERROR' });
});

test('without a header nothing is asked for', async () => {
  let asked = 0;
  const serializer = {
    parse: () => {
      asked += 1;
    },
  };
  for (const header of [undefined, '']) {
    assert.equal(
      withContexts(header, undefined, serializer, () => 7),
      7,
    );
  }
  assert.equal(asked, 0);
});

test('the contexts end with the run', async (t) => {
  const { deps } = await startApp(t, [user]);
  await withContexts(text({ 'ctx.user': text(1) }), deps.store, deps.serializer, seen);
  assert.deepEqual(await seen(), NONE);
});
