// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { nodeExposure } = require('@bluelibs/runner/node');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { logged, nativeExposure, peer } = require('../helpers/native-app.js');
const { startApp, task } = require('../helpers/runner-app.js');

const { r, globals } = peer;

/**
 * The responses to concurrent calls of an application whose serializer returns what `write` returns.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} exposure
 * @param {(envelope: any) => unknown} write
 */
async function responsesOf(t, exposure, write) {
  const serializer = r
    .resource(globals.resources.serializer.id)
    .init(async () => ({ parse: JSON.parse, stringify: write }))
    .build();
  const override = r.resource('test.override').overrides([serializer]).build();
  const http = { listen: { port: 0 }, auth: { allowAnonymous: true }, dangerouslyAllowOpenExposure: true };
  const items = [task('test.echo'), override, exposure.with({ http })];
  const { runtime, logs } = await startApp(t, items);
  const { port } = runtime.getResourceValue(exposure.id).server.address();
  const all = await Promise.all(['ü1', 'éé2', '3'].map((input) => callTask(port, 'test.echo', input)));
  return {
    responses: all.map(({ status, text }) => ({ status, text })),
    failures: logged(logs, 'exposure.task.error').length,
  };
}

/** @type {[string, (envelope: any) => unknown][]} */
const SERIALIZERS = [
  ['a Buffer', (envelope) => Buffer.from(JSON.stringify(envelope))],
  ['a Uint8Array', (envelope) => new TextEncoder().encode(JSON.stringify(envelope))],
  ['a String object', (envelope) => new String(JSON.stringify(envelope))],
  ['nothing', () => undefined],
  ['null', () => null],
  ['half characters', ({ result }) => `\ude00${result}\ud83d`],
  ['a number for one of them', (envelope) => (envelope.result === 'éé2' ? 5 : JSON.stringify(envelope))],
  [
    'a promise for one of them',
    (envelope) => (envelope.result === 'éé2' ? Promise.resolve('') : JSON.stringify(envelope)),
  ],
];

for (const [what, write] of SERIALIZERS) {
  test(`a serializer that writes ${what}: every client gets what it gets of nodeExposure`, async (t) => {
    const expected = await responsesOf(t, nodeExposure, write);
    assert.deepEqual(await responsesOf(t, nativeExposure, write), expected);
  });
}
