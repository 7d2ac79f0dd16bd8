// @ts-check
'use strict';

const assert = require('node:assert/strict');
const {
  callForm,
  END,
  field,
  file,
  form,
  formHead,
  manifest,
  named,
  part,
  textOf,
} = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

const INPUT = manifest({ file: named('F1') });
const WHOLE = form(INPUT, file('F1', 'one'));

const MALFORMED = [400, 'INVALID_MULTIPART', 'Invalid multipart payload'];
const BAD_MANIFEST = [400, 'INVALID_MULTIPART', 'Invalid manifest'];
const NO_MANIFEST = [400, 'MISSING_MANIFEST', 'Missing manifest'];
const NO_FILE = [500, 'MISSING_FILE_PART', 'Internal Error'];
const BROKEN_FILE = [500, 'STREAM_ERROR', 'Internal Error'];

/**
 * A server whose task `t` reads a file, if it gets one.
 *
 * @param {import('node:test').TestContext} t
 */
async function serve(t) {
  const calls = { count: 0 };
  const { port } = await startServer(t, { logger: recordingLogger() }, (server) =>
    server.registerTask('t', async (/** @type {any} */ input) => {
      calls.count += 1;
      return input?.file === undefined ? 'no file' : textOf(input.file.stream());
    }),
  );
  const send = async (/** @type {string} */ body, /** @type {any} */ more = {}) => {
    const { status, json } = await callForm(port, 't', body, more);
    return json.ok ? json.result : [status, json.error.code, json.error.message];
  };
  return { port, calls, send };
}

test('a body without a boundary, or with another one, is no form', async (t) => {
  const { calls, send } = await serve(t);
  for (const kind of [
    'multipart/form-data',
    'multipart/form-data;',
    'multipart/form-data; boundary',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="frontier',
    'multipart/form-data; boundary=other',
    'multipart/form-data; boundary=front',
    'text/plain; multipart/form-data; boundary=frontier',
    'text/plain; x="multipart/form-data"; boundary=frontier',
    `multipart/form-data; boundary=${'x'.repeat(20_000)}`,
  ]) {
    assert.deepEqual(await send(WHOLE, { headers: { 'content-type': kind } }), MALFORMED, kind);
  }
  assert.equal(calls.count, 0);
  for (const kind of [
    'MULTIPART/form-data; a=b; BOUNDARY="frontier"',
    'multipart/form-data;boundary=frontier',
  ]) {
    assert.equal(await send(WHOLE, { headers: { 'content-type': kind } }), 'one', kind);
  }
});

test('what is not a form is refused before it becomes a call', async (t) => {
  const { calls, send } = await serve(t);
  const head = 'Content-Disposition: form-data; name="a"';
  for (const body of [
    '',
    '{"input":1}',
    '--frontier',
    '--frontier\r\n',
    WHOLE.replaceAll('\r\n', '\n'),
    form(part('', 'no headers'), INPUT),
    form(part('no colon', 'x'), INPUT),
    form(part(`${head}\r\nbad\u0000name: x`, 'x'), INPUT),
    form(part(Array(33).fill('x: y').join('\r\n'), 'x'), INPUT),
    form(part(`${head}\r\nx: ${'y'.repeat(20_000)}`, 'x'), INPUT),
    `${'x'.repeat(20_000)}\r\n${WHOLE}`,
    WHOLE.replace('--frontier\r\n', '--frontier garbage\r\n'),
  ]) {
    assert.deepEqual(await send(body), MALFORMED, body.slice(0, 100));
  }
  assert.equal(calls.count, 0);
});

test('a form that ends anywhere before its last boundary is malformed', async (t) => {
  const { send } = await serve(t);
  const complete = WHOLE.length - '\r\n'.length;
  const [begin, last] = [WHOLE.indexOf('one'), WHOLE.lastIndexOf('--')];
  for (let end = 0; end < complete; end += 1) {
    const expected = end >= begin && end < last ? BROKEN_FILE : MALFORMED;
    assert.deepEqual(await send(WHOLE.slice(0, end)), expected, WHOLE.slice(0, end));
  }
  assert.equal(await send(WHOLE.slice(0, complete)), 'one');
});

test('what precedes and follows a form is dropped', async (t) => {
  const { send } = await serve(t);
  assert.equal(await send(`preamble\r\n${WHOLE}epilogue--frontier\r\n`), 'one');
  // A boundary begins a line; here the manifest precedes the first one.
  assert.deepEqual(await send(`preamble${WHOLE}`), NO_MANIFEST);
});

test('a form without a manifest is refused, and so is one with two', async (t) => {
  const { calls, send } = await serve(t);
  assert.deepEqual(await send(END), NO_MANIFEST);
  assert.deepEqual(await send(form(file('F1', 'one'))), NO_MANIFEST);
  assert.deepEqual(await send(form(field('_manifest', '{}'))), NO_MANIFEST);
  assert.deepEqual(await send(form(field('__manifest', ''), file('F1', 'one'))), NO_MANIFEST);
  const asFile = 'Content-Disposition: form-data; name="__manifest"; filename="m.json"';
  assert.deepEqual(await send(form(part(asFile, '{}'))), NO_MANIFEST);
  const attached = 'Content-Disposition: attachment; name="__manifest"';
  assert.deepEqual(await send(form(part(attached, '{}'))), NO_MANIFEST);
  assert.equal(calls.count, 0);
  assert.deepEqual(await send(form(INPUT, INPUT, file('F1', 'one'))), BAD_MANIFEST);
  assert.deepEqual(await send(form(INPUT, file('F1', 'one'), field('__manifest', 'x'))), BAD_MANIFEST);
  assert.equal(await send(form(INPUT, file('F1', 'one'), field('__manifest', ' \r\n\t'))), 'one');
});

test('a manifest that is not a JSON object is refused before the task starts', async (t) => {
  const { calls, send } = await serve(t);
  for (const text of ['{', '{"input":}', "{'input':1}", ' ', '\ufeff{}', '{}x', 'undefined']) {
    assert.deepEqual(await send(form(field('__manifest', text), file('F1', 'one'))), BAD_MANIFEST, text);
  }
  for (const text of ['null', '7', '"text"', 'true', '0', '""']) {
    assert.deepEqual(await send(form(field('__manifest', text), file('F1', 'one'))), NO_MANIFEST, text);
  }
  assert.equal(calls.count, 0);
  assert.equal(await send(form(field('__manifest', '{"input":{}}'))), 'no file');
});

test('the rest of a form whose manifest is refused is drained, and the connection goes on', async (t) => {
  const { port } = await serve(t);
  const raw = await connect(t, port);
  const body = form(field('__manifest', '{'), file('F1', 'x'.repeat(5_000_000)));
  raw.write(formHead('t', body.length) + body);
  raw.write(formHead('t', WHOLE.length) + WHOLE);
  assert.equal((await raw.response()).status, 400);
  assert.equal((await raw.response()).body.toString(), '{"ok":true,"result":"one"}');
});

test('a file that was not sent is missed: by its task, and then by the client', async (t) => {
  /** @type {unknown[]} */
  const errors = [];
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('t', async (/** @type {any} */ { file, other }) => {
      await textOf(file.stream()).catch((/** @type {any} */ error) => errors.push(error.code, error.message));
      return textOf(other.stream());
    }),
  );
  const input = manifest({ other: named('F2'), file: named('F1'), third: named('F3') });
  const { status, json } = await callForm(port, 't', form(input, file('F2', 'two'), file('F4', 'four')));
  assert.deepEqual([status, json.error.code, json.error.message], NO_FILE);
  assert.deepEqual(errors, ['MISSING_FILE_PART', 'Missing file part for id F1']);
});

test('a file without a file name is a field, and one with a broken disposition is no part of the form', async (t) => {
  const { send } = await serve(t);
  for (const head of [
    'Content-Disposition: form-data; name="file:F1"',
    'Content-Disposition: form-data; name="file:F1"; filename=""',
    'Content-Disposition: form-data; name="file:F1"; filename="a',
    'Content-Disposition: form-data; name="FILE:F1"; filename="a"',
    'Content-Disposition: form-data; filename="; name=file:F1"',
    'Content-Disposition: attachment; name="file:F1"; filename="a"',
    'X-Disposition: form-data; name="file:F1"; filename="a"',
  ]) {
    assert.deepEqual(await send(form(INPUT, part(head, 'one'))), NO_FILE, head);
  }
});

test('a form whose framing breaks is malformed', async (t) => {
  const { port } = await serve(t);
  const raw = await connect(t, port);
  raw.write(formHead('t', 0).replace('content-length: 0', 'transfer-encoding: chunked'));
  raw.write(`${WHOLE.length.toString(16)}\r\n${WHOLE.slice(0, 20)}`);
  raw.write(`${WHOLE.slice(20)}\r\nnonsense\r\n`);
  const { status, json } = /** @type {any} */ (await raw.response());
  // The form was complete before that, so that what follows is not read.
  assert.deepEqual([status, json], [200, { ok: true, result: 'one' }]);
  const other = await connect(t, port);
  other.write(formHead('t', 0).replace('content-length: 0', 'transfer-encoding: chunked'));
  other.write(`14\r\n${WHOLE.slice(0, 20)}\r\nnonsense\r\n`);
  assert.equal((await other.response()).status, 400);
});

test('events know no forms: their body is JSON', async (t) => {
  const { port } = await startServer(t, {}, (server) => server.registerEvent('e', () => {}));
  const { status, json } = await callForm(port, 'e', WHOLE, { path: '/__runner/event/e' });
  assert.deepEqual([status, json.error.code], [400, 'INVALID_JSON']);
});
