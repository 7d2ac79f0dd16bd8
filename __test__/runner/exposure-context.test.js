// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { inspect } = require('node:util');
const { exposureContextOf } = require('../../runner/exposure-context.js');
const { test } = require('../helpers/guarded.js');
const { peer } = require('../helpers/runner-app.js');

const { hasExposureContext, r, useExposureContext } = peer;
const withExposureContext = exposureContextOf(peer);

/** A source that counts which of its parts were asked for. */
function countingSource() {
  /** @type {string[]} */
  const asked = [];
  /** @type {any} */
  const source = {};
  const parts = {
    req: { name: 'request' },
    res: { name: 'response' },
    url: new URL('http://localhost/__runner/task/x?y=1'),
    basePath: '/__runner',
    headers: { host: 'localhost' },
    method: 'POST',
    signal: new AbortController().signal,
  };
  for (const [name, part] of Object.entries(parts)) {
    const get = () => {
      asked.push(name);
      return part;
    };
    Object.defineProperty(source, name, { get });
  }
  return { source, parts, asked };
}

test('a task finds the parts of the request where the peer looks for them', async () => {
  const { source, parts } = countingSource();
  await withExposureContext(source, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(hasExposureContext(), true);
    const { req, res, url, basePath, headers, method, signal } = useExposureContext();
    assert.deepEqual({ req, res, url, basePath, headers, method, signal }, parts);
  });
});

test('a part is made when it is asked for', async () => {
  const { source, asked } = countingSource();
  withExposureContext(source, () => {
    const context = useExposureContext();
    assert.deepEqual(asked, []);
    assert.equal(context.method, 'POST');
    assert.deepEqual(asked, ['method']);
  });
});

test('outside of a call it is undefined', async () => {
  const { source } = countingSource();
  await withExposureContext(source, async () => {});
  assert.equal(hasExposureContext(), false);
  assert.throws(() => useExposureContext());
});

test('the result of the run is returned, and its error thrown', async () => {
  const { source } = countingSource();
  assert.equal(
    withExposureContext(source, () => 7),
    7,
  );
  assert.throws(
    () =>
      withExposureContext(source, () => {
        throw new RangeError('thrown');
      }),
    RangeError,
  );
});

test('other async contexts are kept', async () => {
  const user = r.asyncContext('test.user').build();
  const { source } = countingSource();
  await user.provide({ id: 7 }, () =>
    withExposureContext(source, async () => {
      assert.deepEqual(user.use(), { id: 7 });
      assert.equal(hasExposureContext(), true);
    }),
  );
});

test('the parts can be listed, spread and replaced, as those of a plain object', async () => {
  const { source, parts } = countingSource();
  withExposureContext(source, () => {
    const context = useExposureContext();
    assert.deepEqual(Object.keys(context), Object.keys(parts));
    assert.deepEqual({ ...context }, parts);
    context.method = 'PUT';
    context.user = { id: 7 };
    assert.deepEqual({ ...context }, { ...parts, method: 'PUT', user: { id: 7 } });
    assert.equal('user' in context && 'req' in context, true);
  });
});

test('to show the context makes neither request nor response', async () => {
  const { source, asked } = countingSource();
  withExposureContext(source, () => {
    assert.match(inspect(useExposureContext()), /basePath: '\/__runner'/);
    assert.deepEqual(asked.includes('req') || asked.includes('res'), false);
  });
});
