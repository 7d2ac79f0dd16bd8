// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { callForm, field, file, form, manifest, named, part, textOf } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { makeServer, startServer } = require('../helpers/server.js');

const INPUT = manifest({ file: named('F1') });

/**
 * The outcome of a form under limits: the text of the file `F1`, or status, code and message.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} multipart
 */
async function limited(t, multipart) {
  const calls = { count: 0 };
  const { port } = await startServer(t, { limits: { multipart } }, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file }) => {
      calls.count += 1;
      return file === undefined ? 'no file' : textOf(file.stream());
    }),
  );
  const send = async (/** @type {string[]} */ ...parts) => {
    const { status, json } = await callForm(port, 't', form(...parts));
    return json.ok ? json.result : [status, json.error.code, json.error.message];
  };
  return { calls, send };
}

/** @param {string} message */
const tooLarge = (message) => [413, 'PAYLOAD_TOO_LARGE', message];

test('a file that reaches its limit is too large, wanted or not', async (t) => {
  const { send } = await limited(t, { maxFileBytes: 5 });
  assert.equal(await send(INPUT, file('F1', '1234')), '1234');
  for (const over of ['12345', '123456789']) {
    assert.deepEqual(await send(INPUT, file('F1', over)), tooLarge('File size limit exceeded'));
    assert.deepEqual(
      await send(INPUT, file('F1', '1'), file('F2', over)),
      tooLarge('File size limit exceeded'),
    );
    assert.deepEqual(await send(file('F1', over), INPUT), tooLarge('File size limit exceeded'));
  }
});

test('files are counted, those that the manifest does not name too', async (t) => {
  const { send } = await limited(t, { maxFiles: 2 });
  const other = part('Content-Disposition: form-data; name="other"; filename="x"', 'x');
  assert.equal(await send(INPUT, file('F1', 'one'), other), 'one');
  assert.deepEqual(await send(INPUT, file('F1', 'one'), other, other), tooLarge('Files limit exceeded'));
  const none = await limited(t, { maxFiles: 0 });
  assert.deepEqual(await none.send(manifest({}), other), tooLarge('Files limit exceeded'));
  assert.equal(await none.send(manifest({})), 'no file');
});

test('a manifest that names more files than there may be starts no task', async (t) => {
  const { calls, send } = await limited(t, { maxFiles: 2 });
  const many = [named('F1'), named('F2'), named('F3')];
  assert.deepEqual(await send(manifest({ many }), file('F1', 'one')), tooLarge('Files limit exceeded'));
  assert.equal(calls.count, 0);
  const twice = { file: named('F1'), again: [named('F1'), named('F2')] };
  assert.equal(await send(manifest(twice), file('F1', 'one'), file('F2', 'two')), 'one');
});

test('a field that reaches its limit is too large, and the manifest is a field', async (t) => {
  const { calls, send } = await limited(t, { maxFieldBytes: 100 });
  const padded = (/** @type {number} */ length) => field('__manifest', '{"input":{}}'.padEnd(length));
  assert.equal(await send(padded(99), field('a', 'x'.repeat(99))), 'no file');
  assert.equal(calls.count, 1);
  assert.deepEqual(await send(padded(100)), tooLarge('Field limit exceeded'));
  assert.deepEqual(await send(padded(100_000)), tooLarge('Field limit exceeded'));
  assert.deepEqual(await send(field('a', 'x'.repeat(100)), padded(20)), tooLarge('Field limit exceeded'));
  assert.equal(calls.count, 1);
  assert.deepEqual(await send(padded(20), field('a', 'x'.repeat(100))), tooLarge('Field limit exceeded'));
});

test('fields are counted, and their names measured', async (t) => {
  const { send } = await limited(t, { maxFields: 2, maxFieldNameBytes: 3 });
  assert.equal(await send(INPUT, file('F1', 'one'), field('abc', '')), 'one');
  assert.deepEqual(await send(INPUT, field('a', ''), field('b', '')), tooLarge('Fields limit exceeded'));
  assert.deepEqual(await send(INPUT, field('abcd', '')), tooLarge('Field limit exceeded'));
});

test('parts are counted, whatever they are', async (t) => {
  const { send } = await limited(t, { maxParts: 4 });
  const unknown = part('x: y', 'z');
  assert.equal(await send(unknown, INPUT, file('F1', 'one')), 'one');
  assert.deepEqual(await send(unknown, INPUT, file('F1', 'one'), unknown), tooLarge('Parts limit exceeded'));
});

test('headers of a part are counted', async (t) => {
  const { send } = await limited(t, { maxPartHeaders: 2 });
  assert.equal(await send(INPUT, file('F1', 'one')), 'one');
  const three = part('Content-Disposition: form-data; name="a"\r\nx: 1\r\ny: 2', '');
  assert.deepEqual(await send(INPUT, three), [400, 'INVALID_MULTIPART', 'Invalid multipart payload']);
});

test('the defaults are those of nodeExposure, also where one limit is set', async (t) => {
  const { send } = await limited(t, { maxFileBytes: 1 });
  const fields = Array.from({ length: 99 }, (_, index) => field(`f${index}`, ''));
  assert.equal(await send(manifest({}), ...fields), 'no file');
  assert.deepEqual(await send(manifest({}), ...fields, field('x', '')), tooLarge('Fields limit exceeded'));
  const files = Array.from({ length: 10 }, (_, index) => file(`F${index}`, ''));
  assert.equal(await send(manifest({}), ...files), 'no file');
  assert.deepEqual(await send(manifest({}), ...files, file('x', '')), tooLarge('Files limit exceeded'));
  const large = field('a', 'x'.repeat(1024 * 1024));
  assert.deepEqual(await send(manifest({}), large), tooLarge('Field limit exceeded'));
});

test('a limit that is broken fails the files of the task, and decides the response in place of its result', async (t) => {
  /** @type {unknown[]} */
  const errors = [];
  const { port } = await startServer(t, { limits: { multipart: { maxFileBytes: 100_000 } } }, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file }) => {
      await textOf(file.stream()).catch((/** @type {any} */ error) => errors.push(error.code, error.message));
      return 'fine';
    }),
  );
  const { status, json } = await callForm(port, 't', form(INPUT, file('F1', 'x'.repeat(3_000_000))));
  assert.deepEqual([status, json.error.code, json.error.message], tooLarge('File size limit exceeded'));
  assert.deepEqual(errors, tooLarge('File size limit exceeded').slice(1));
});

test('invalid limits are refused, all at once', async () => {
  const multipart = { maxFiles: -1, maxFields: 0, maxPartHeaders: 33, maxFileBytes: '1', files: 1 };
  assert.throws(
    () => makeServer({ limits: { multipart } }),
    (/** @type {any} */ error) => {
      const paths = error.problems.map((/** @type {any} */ { path }) => path);
      assert.deepEqual(
        paths,
        ['files', 'maxFileBytes', 'maxFiles', 'maxFields', 'maxPartHeaders'].map(
          (key) => `limits.multipart.${key}`,
        ),
      );
      return true;
    },
  );
  assert.throws(() => makeServer({ limits: { multipart: 1 } }), { code: 'CONFIG_INVALID' });
});
