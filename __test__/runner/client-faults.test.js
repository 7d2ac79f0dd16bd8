// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { field, file, form, formHead, manifest, named, textOf } = require('../helpers/form.js');
const { eventually, test } = require('../helpers/guarded.js');
const { logged, peer, startNativeApp } = require('../helpers/native-app.js');
const { connect } = require('../helpers/raw.js');
const { task } = require('../helpers/runner-app.js');
const { aborted, deferred } = require('../helpers/signal.js');

const { useExposureContext } = peer;
const ONE = manifest({ file: named('F1') });
const OCTETS =
  'POST /__runner/task/test.tasks.t HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: 100\r\n\r\nhalf';
const HALF_FORM = formHead('test.tasks.t', 1000) + ONE + file('F1', 'half').slice(0, -2);

/** @type {(input: any) => unknown} */
const readFile = ({ file }) => textOf(file.stream());
/** @type {() => Promise<void>} */
const readBody = async () => {
  for await (const chunk of useExposureContext().req) assert.ok(chunk.length > 0);
};

/** What a client sends before it leaves, and a task that throws for it. @type {[string, string, (input: any) => unknown][]} */
const leaving = [
  ['a body that is read', OCTETS, readBody],
  [
    'a body that is piped',
    OCTETS,
    () => pipeline(useExposureContext().req, new Writable({ write: (_chunk, _encoding, done) => done() })),
  ],
  [
    'a body that a task reads which says more of it',
    OCTETS,
    () =>
      readBody().catch((cause) => {
        throw new Error('not stored', { cause });
      }),
  ],
  ['a file that is read', HALF_FORM, readFile],
  [
    'a file that a task reads which throws something else',
    HALF_FORM,
    (input) =>
      Promise.resolve(readFile(input)).catch(() => {
        throw new Error('no file');
      }),
  ],
];

/**
 * @param {import('node:test').TestContext} t
 * @param {(input: any) => unknown} body of the task
 * @param {any} [http]
 */
async function serve(t, body, http) {
  const started = deferred();
  const run = async (/** @type {any} */ input) => {
    started.resolve();
    return body(input);
  };
  const { port, logs } = await startNativeApp(t, [task('test.tasks.t', run)], { http });
  const client = await connect(t, port);
  const levels = () => logged(logs, 'exposure.task.error').map(({ level }) => level);
  return { client, started: started.promise, levels };
}

for (const [what, sent, body] of leaving) {
  test(`a client that leaves ${what} is no error of the task`, async (t) => {
    const { client, started, levels } = await serve(t, body);
    client.write(sent);
    await started;
    client.destroy();
    await eventually(t, () => levels().length > 0);
    assert.deepEqual(levels(), ['debug']);
  });
}

for (const [what, body] of /** @type {[string, string][]} */ ([
  ['a file over its limit', form(ONE, file('F1', 'too long'))],
  ['a form with too many fields', form(ONE, field('a', ''), field('b', ''), field('c', ''), file('F1', 'a'))],
  ['a form that ends within a file', ONE + file('F1', 'a').slice(0, -2)],
  ['a form without the file', form(ONE)],
])) {
  test(`${what} is no error of the task`, async (t) => {
    const limits = { multipart: { fileSize: 5, fields: 3 } };
    const { client, levels } = await serve(t, readFile, { limits });
    client.write(formHead('test.tasks.t', body.length) + body);
    assert.ok((await client.response()).status >= 400);
    await eventually(t, () => levels().length > 0);
    assert.deepEqual(levels(), ['debug']);
  });
}

test('a task that fails by itself once its client has left is logged as an error', async (t) => {
  const { client, started, levels } = await serve(t, async () => {
    await aborted(useExposureContext().signal);
    throw new TypeError('a bug');
  });
  client.write('POST /__runner/task/test.tasks.t HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}');
  await started;
  client.destroy();
  await eventually(t, () => levels().length > 0);
  assert.deepEqual(levels(), ['error']);
});
