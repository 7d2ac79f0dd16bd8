// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { callForm, field, form } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');

/**
 * A server whose handlers return their input as text.
 *
 * @param {import('node:test').TestContext} t
 */
function startShowing(t) {
  return startServer(t, {}, (server) =>
    server
      .registerTask('show', (/** @type {any} */ input) => JSON.stringify(input) ?? 'nothing')
      .registerEvent('heard', (/** @type {any} */ payload) => ({
        text: JSON.stringify(payload) ?? 'nothing',
      })),
  );
}

/** @type {[body: string, seen: string][]} */
const CASES = [
  ['{"input":{"__proto__":{"admin":true},"a":1}}', '{"a":1}'],
  ['{"__proto__":{"admin":true}}', '{}'],
  ['{"__proto__":{"input":7}}', '{}'],
  ['{"input":[{"deep":{"__proto__" : 1}}]}', '[{"deep":{}}]'],
  ['{"input":{"\\u005f_proto__":{"admin":true}}}', '{}'],
  ['{"input":{"_\\u005F\\u0070ro\\u0074o__":{"admin":true}}}', '{}'],
  ['{"input":{"constructor":{"prototype":{"admin":true}},"a":1}}', '{"a":1}'],
  ['{"input":{"c\\u006fnstructor":{"prot\\u006ftype":{"admin":true}}}}', '{}'],
  ['{"input":{"constructor":"x","prototype":{}}}', '{"constructor":"x","prototype":{}}'],
  ['{"input":"\\"__proto__\\":1"}', JSON.stringify('"__proto__":1')],
  ['{"input":{"proto":"__proto__"}}', '{"proto":"__proto__"}'],
];

for (const [body, seen] of CASES) {
  test(`of ${body} a task sees ${seen}`, async (t) => {
    const { port } = await startShowing(t);
    assert.equal((await call({ port, path: '/__runner/task/show', body })).json.result, seen);
  });
}

test('a payload of an event, and the input in a manifest, hold no such key either', async (t) => {
  const { port } = await startShowing(t);
  const body = '{"payload":{"__proto__":{"admin":true},"a":1},"returnPayload":true}';
  const heard = await call({ port, path: '/__runner/event/heard', body });
  assert.deepEqual(heard.json.result, { text: '{"a":1}' });
  const text = '{"input":{"\\u005f_proto__":{"admin":true},"a":1}}';
  assert.equal((await callForm(port, 'show', form(field('__manifest', text)))).json.result, '{"a":1}');
});

test('a malformed text with such a key is 400', async (t) => {
  const { port } = await startShowing(t);
  for (const body of ['{"__proto__":1', '{"__proto__":01}', '"__proto__"7']) {
    assert.equal((await call({ port, path: '/__runner/task/show', body })).json.error.code, 'INVALID_JSON');
  }
});

test('such a key may stand deeper than the stack', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('depth', (/** @type {any} */ input) => {
      let depth = 0;
      let at = input;
      for (; Array.isArray(at); at = at[0]) depth += 1;
      return [depth, Object.keys(at)];
    }),
  );
  const body = `{"input":${'['.repeat(50_000)}{"__proto__":1}${']'.repeat(50_000)}}`;
  assert.deepEqual((await call({ port, path: '/__runner/task/depth', body })).json.result, [50_000, []]);
});
