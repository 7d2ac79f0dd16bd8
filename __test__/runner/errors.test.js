// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { clientLeft, errorResponse } = require('../../runner/errors.js');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { peer, startApp, task, tunnel } = require('../helpers/runner-app.js');
const { TunnelError } = require('../helpers/server.js');

const { RunnerError, cancellationError, r } = peer;

const say = ({ text } = { text: 'said' }) => text;
const gone = r.error('app.gone').httpCode(410).format(say).build();
const plain = r.error('app.plain').format(say).build();
const broken = r.error('app.broken').httpCode(500).format(say).build();
const early = r.error('app.early').httpCode(103).format(say).build();
const advised = r.error('app.advised').httpCode(422).format(say).remediation('Try again').build();
const unregistered = r.error('app.unregistered').httpCode(418).format(say).build();

const HELPERS = [gone, plain, broken, early, advised];

/** @param {any} error @param {object} changes */
const changed = (error, changes) => Object.assign(error, changes);

/** @type {Record<string, () => unknown>} */
const THROWN = {
  'a typed error with a status': () => gone.new({ text: 'It left', when: new Date(0) }),
  'a typed error without data': () => gone.new(),
  'a typed error without a status': () => plain.new({ text: 'said' }),
  'a typed error with status 500': () => broken.new({ text: 'said', list: [1] }),
  'a typed error with a remediation': () => advised.new({ text: 'said' }),
  'a typed error whose data is undefined': () => new RunnerError('app.gone', 'said', undefined, 410),
  'a typed error of status 500 whose data is undefined': () =>
    new RunnerError('app.plain', 'said', undefined),
  'a typed error with a status of its own': () => changed(gone.new({ text: 'said' }), { httpCode: 451 }),
  'a typed error whose own status is none': () => changed(gone.new({ text: 'said' }), { httpCode: 600 }),
  'a typed error with no message': () => gone.new({ text: '' }),
  'a typed error of the platform that is registered nowhere': () => unregistered.new({ text: 'said' }),
  'a typed error with more than it should tell': () =>
    changed(gone.new({ text: 'said' }), { stack: 'secret', cause: 'secret', sql: 'secret', more: 1 }),
  'an error': () => new Error('secret'),
  'an error that looks typed': () =>
    changed(new Error('secret'), { name: 'app.gone', id: 'app.gone', httpCode: 410 }),
  'a text': () => 'secret',
  'an object': () => ({ status: 404, message: 'secret', body: { ok: true } }),
  'a cancellation': () => cancellationError.new({ reason: 'enough' }),
  'what a signal aborts with': () => clientLeft(),
};

/** @param {any} t */
async function start(t) {
  const tasks = Object.entries(THROWN).map(([, make], index) =>
    task(`throws.${index}`, async () => {
      throw make();
    }),
  );
  const names = Object.keys(THROWN);
  const ids = names.map((_, index) => `throws.${index}`);
  const { deps } = await startApp(t, [
    ...HELPERS,
    ...tasks,
    tunnel('tunnel', { mode: 'server', tasks: ids }),
  ]);
  const config = { http: { auth: { allowAnonymous: true }, listen: { port: 0 } } };
  const exposure = await peer.nodeExposure.init(config, deps, {});
  t.after(() => exposure.close());
  const { port } = exposure.server.address();
  /** @param {string} name */
  const nodeExposure = async (name) => {
    const { status, text } = await call({ port, path: `/__runner/task/throws.${names.indexOf(name)}` });
    return { status, text };
  };
  return { deps, nodeExposure };
}

for (const [name, make] of Object.entries(THROWN)) {
  test(`${name}: the response is that of nodeExposure`, async (t) => {
    const { deps, nodeExposure } = await start(t);
    const { status, body } = errorResponse(make(), deps.store);
    assert.deepEqual({ status, text: deps.serializer.stringify(body) }, await nodeExposure(name));
  });
}

test('a status below 200 is sent in the body of a 500', async (t) => {
  const { deps } = await start(t);
  const { status, body } = errorResponse(early.new({ text: 'said' }), deps.store);
  assert.equal(status, 500);
  assert.deepEqual(body, {
    ok: false,
    error: {
      message: 'said',
      code: 'INTERNAL_ERROR',
      id: 'app.early',
      data: { text: 'said' },
      httpCode: 103,
    },
  });
});

test('a TunnelError is answered as it is', async (t) => {
  const { deps } = await start(t);
  const error = { message: 'No such account', code: 'NO_ACCOUNT', httpCode: 404, data: { id: 7 } };
  assert.deepEqual(errorResponse(new TunnelError(error), deps.store), {
    status: 404,
    body: { ok: false, error },
    unsent: undefined,
  });
});

test('a TunnelError that cannot be sent says nothing, and why', async (t) => {
  const { deps } = await start(t);
  const { status, body, unsent } = errorResponse(new TunnelError({ message: 'No', data: 7n }), deps.store);
  assert.deepEqual(
    [status, body],
    [500, { ok: false, error: { message: 'Internal Error', code: 'INTERNAL_ERROR' } }],
  );
  assert.match(String(unsent), /BigInt/);
});

test('a cancellation alone is expected', async (t) => {
  const { deps } = await start(t);
  assert.equal(errorResponse(clientLeft(), deps.store).expected, true);
  for (const thrown of [new Error('x'), gone.new(), new TunnelError({ message: 'x' }), undefined]) {
    assert.equal(errorResponse(thrown, deps.store).expected, undefined);
  }
});

test('every thrown value becomes a response', async (t) => {
  const { deps } = await start(t);
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap');
      },
      getPrototypeOf: () => {
        throw new Error('trap');
      },
    },
  );
  const unnamed = Object.defineProperty(gone.new(), 'data', {
    get: () => {
      throw new Error('trap');
    },
  });
  for (const thrown of [hostile, unnamed, undefined, null, 0, Symbol('s'), Object.create(null), () => 1]) {
    const { status, body } = errorResponse(thrown, deps.store);
    assert.deepEqual([status, body.error], [500, { message: 'Internal Error', code: 'INTERNAL_ERROR' }]);
  }
});

test('a helper that throws makes no error a typed one', async () => {
  const helper = {
    is: () => {
      throw new Error('cannot tell');
    },
  };
  const store = { errors: new Map([['x', helper]]) };
  assert.equal(errorResponse(gone.new(), store).status, 500);
});

test('an error helper of the application may recognise values that are not errors', async () => {
  const helper = { is: (/** @type {unknown} */ thrown) => thrown === 'known', httpCode: 409 };
  const { status, body } = errorResponse('known', { errors: new Map([['x', helper]]) });
  assert.equal(status, 409);
  assert.deepEqual(Object.entries(body.error), [
    ['message', 'Internal Error'],
    ['code', 'INTERNAL_ERROR'],
    ['id', undefined],
    ['data', undefined],
    ['httpCode', 409],
  ]);
});

test('a typed error that has no name keeps its message to itself', async () => {
  const error = Object.assign(new Error('secret'), { name: 7, data: 'told' });
  const { status, body } = errorResponse(error, { errors: new Map([['x', { is: () => true }]]) });
  assert.deepEqual(
    [status, body.error],
    [500, { message: 'Internal Error', code: 'INTERNAL_ERROR', data: 'told' }],
  );
});
