// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { callForm, field, file, form, named, textOf } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { logged, peer, startNativeApp } = require('../helpers/native-app.js');
const { task } = require('../helpers/runner-app.js');

/** @param {(input: any) => any} body */
const exposed = (body) => task('test.tasks.t', body);

/**
 * @param {import('node:test').TestContext} t
 * @param {(input: any) => any} body of the task
 * @param {any} [http] of the configuration
 */
async function serve(t, body, http) {
  const { port, logs } = await startNativeApp(t, [exposed(body)], { http });
  const send = async (/** @type {string[]} */ ...parts) =>
    (await callForm(port, 'test.tasks.t', form(...parts))).json;
  return { logs, send };
}

test('the serializer of the application reads the manifest, and its values stay what they are', async (t) => {
  const { send } = await serve(t, async ({ at, set, again, file }) => [
    at instanceof Date && at.getTime(),
    set instanceof Set && [...set],
    again === file,
    await textOf(file.stream()),
  ]);
  const input = { at: new Date(7), set: new Set([1]), file: named('F1'), again: named('F1') };
  const text = new peer.Serializer().stringify({ input });
  const { result } = await send(field('__manifest', text), file('F1', 'one'));
  assert.deepEqual(result, [7, [1], true, 'one']);
});

test('a graph with cycles finds its files', async (t) => {
  const { send } = await serve(t, async (input) => [
    input.self === input,
    await textOf(input.list[0].stream()),
  ]);
  /** @type {any} */
  const input = { list: [named('F1')] };
  input.self = input;
  const text = new peer.Serializer().serialize({ input });
  assert.deepEqual((await send(field('__manifest', text), file('F1', 'one'))).result, [true, 'one']);
});

test('a manifest that the serializer rejects is refused', async (t) => {
  const { send } = await serve(t, () => 'never');
  for (const text of ['{', '{"input":{"__type":"RegExp","value":{"pattern":"(","flags":""}}}']) {
    const { error } = await send(field('__manifest', text), file('F1', 'one'));
    assert.deepEqual([error.code, error.message], ['INVALID_MULTIPART', 'Invalid manifest'], text);
  }
});

test('a file that is read twice throws what Runner’s own throws', async (t) => {
  /** @type {any} */
  let kept;
  const { send } = await serve(t, async (input) => {
    kept = input.other;
    input.file.stream();
    try {
      return input.file.stream();
    } catch (error) {
      const { id, name, message } = /** @type {any} */ (error);
      return [id, name, message.split('\n')[0]];
    }
  });
  const input = { file: named('F1'), other: named('F2') };
  const parts = [field('__manifest', JSON.stringify({ input })), file('F1', 'one'), file('F2', 'two')];
  const id = 'runner.errors.node.files.inputFileConsumed';
  assert.deepEqual((await send(...parts)).result, [id, id, 'InputFile stream already consumed']);
  assert.throws(() => kept.stream(), { id: 'runner.errors.node.files.inputFileUnavailable' });
});

test('the limits of the application are nodeExposure’s, one by one', async (t) => {
  const { logs, send } = await serve(t, ({ file }) => textOf(file.stream()), {
    limits: { multipart: { fileSize: 5, headerPairs: 2000, parts: Number.POSITIVE_INFINITY } },
  });
  const manifest = field('__manifest', JSON.stringify({ input: { file: named('F1') } }));
  assert.equal((await send(manifest, file('F1', '1234'))).result, '1234');
  assert.equal((await send(manifest, file('F1', '12345'))).error.message, 'File size limit exceeded');
  const fields = Array.from({ length: 100 }, () => field('a', ''));
  assert.equal((await send(manifest, ...fields)).error.message, 'Fields limit exceeded');
  const errors = logged(logs, 'exposure.task.error').filter(({ level }) => level === 'error');
  assert.deepEqual(errors, []);
});
