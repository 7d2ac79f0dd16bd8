// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { callForm, field, file, form, manifest, named, part, textOf } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { startServer } = require('../helpers/server.js');

/**
 * A server whose task `t` is the handler.
 *
 * @param {import('node:test').TestContext} t
 * @param {(input: any) => unknown} handler
 */
async function serve(t, handler) {
  const { port } = await startServer(t, {}, (server) => server.registerTask('t', handler));
  return {
    /** @param {string[]} parts */
    send: async (...parts) => (await callForm(port, 't', form(...parts))).json,
  };
}

/** @param {any} file */
const metaOf = ({ name, type, size, lastModified, extra }) => ({ name, type, size, lastModified, extra });

test('a task gets the input of the manifest with files where it names them', async (t) => {
  const { send } = await serve(t, async ({ list, deep, note }) => [
    note,
    await textOf(list[0].stream()),
    await textOf(deep.er.stream()),
  ]);
  const input = { note: 'ü', list: [named('F1'), null], deep: { er: named('é') } };
  const response = await send(manifest(input), file('F1', 'one\r\n--front'), file('é', ''));
  assert.deepEqual(response, { ok: true, result: ['ü', 'one\r\n--front', ''] });
});

test('the input itself may be a file, and a manifest may name none', async (t) => {
  const { send } = await serve(t, async (input) => (input?.stream ? textOf(input.stream()) : [input]));
  assert.equal((await send(manifest(named('F1')), file('F1', 'one'))).result, 'one');
  assert.deepEqual((await send(manifest({ a: 1 }))).result, [{ a: 1 }]);
  assert.deepEqual((await send(manifest(null))).result, [null]);
  assert.deepEqual((await send(field('__manifest', '{}'))).result, [null]);
  assert.deepEqual((await send(field('__manifest', '[]'))).result, [null]);
});

test('the metadata of a file comes from the manifest, and the rest from its part', async (t) => {
  const { send } = await serve(t, ({ file }) => metaOf(file));
  const whole = { name: 'm.txt', type: 'x/y', size: 3, lastModified: 7, extra: { tag: 1 } };
  assert.deepEqual((await send(manifest({ file: named('F1', whole) }), file('F1', 'one'))).result, whole);
  const partial = manifest({ file: named('F1', { size: 3 }) });
  const filled = { name: 'p.txt', type: 'text/css', size: 3 };
  assert.deepEqual((await send(partial, file('F1', 'one', 'p.txt'))).result, filled);
  const bare = part(
    'Content-Disposition: form-data; name="file:F1"\r\nContent-Type: application/octet-stream',
    '',
  );
  const unnamed = { name: 'upload', type: 'application/octet-stream' };
  assert.deepEqual((await send(manifest({ file: { $runnerFile: 'File', id: 'F1' } }), bare)).result, unnamed);
  const wrong = { name: 7, type: {}, size: '3', lastModified: null, extra: 'x' };
  const ignored = { name: 'F1.txt', type: 'text/css' };
  assert.deepEqual((await send(manifest({ file: named('F1', wrong) }), file('F1', 'one'))).result, ignored);
});

test('an id that the manifest names twice is one file', async (t) => {
  const { send } = await serve(t, async ({ a, b }) => [a === b, a.name, await textOf(b.stream())]);
  const input = { a: named('F1', { name: 'first', size: 1 }), b: named('F1', { name: 'second' }) };
  assert.deepEqual((await send(manifest(input), file('F1', 'one'))).result, [true, 'second', 'one']);
});

test('files may come before the manifest, in any order, and among parts that the manifest does not name', async (t) => {
  const { send } = await serve(t, async ({ a, b }) => [await textOf(b.stream()), await textOf(a.stream())]);
  const input = manifest({ a: named('A'), b: named('B') });
  const other = [file('C', 'c'), field('other', 'x'), part('x: y', 'z')];
  assert.deepEqual((await send(...other, file('B', 'b'), input, ...other, file('A', 'a'))).result, [
    'b',
    'a',
  ]);
});

test('of two parts for one file the first counts', async (t) => {
  const { send } = await serve(t, async ({ a }) => textOf(a.stream()));
  const input = manifest({ a: named('A') });
  assert.equal((await send(input, file('A', 'first'), file('A', 'second'))).result, 'first');
  assert.equal((await send(file('A', 'first'), file('A', 'second'), input)).result, 'first');
});

test('a file can be read once, by whichever of its ways', async (t) => {
  const { send } = await serve(t, async ({ file }) => {
    const { stream } = await file.resolve();
    const codes = [];
    for (const again of [() => file.stream(), () => file.resolve(), () => file.toTempFile()]) {
      try {
        await again();
      } catch (error) {
        const { code, message } = /** @type {any} */ (error);
        codes.push(code, message);
      }
    }
    return [await textOf(stream), ...codes];
  });
  const refused = ['FILE_CONSUMED', 'InputFile stream already consumed'];
  assert.deepEqual((await send(manifest({ file: named('F1') }), file('F1', 'one'))).result, [
    'one',
    ...refused,
    ...refused,
    ...refused,
  ]);
});

test('a file that was not read is not there any more after the call', async (t) => {
  /** @type {any} */
  let kept;
  const { send } = await serve(t, ({ file }) => {
    kept = file;
  });
  assert.deepEqual(await send(manifest({ file: named('F1') }), file('F1', 'one')), { ok: true });
  assert.throws(() => kept.stream(), { code: 'FILE_UNAVAILABLE' });
  await assert.rejects(kept.toTempFile(), { code: 'FILE_UNAVAILABLE' });
  assert.equal(kept.name, 'F1.bin');
});

test('a file is written into a folder that is created for it, under a safe name', async (t) => {
  const folder = path.join(os.tmpdir(), `forms-${process.pid}`, 'deep');
  t.after(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));
  const { send } = await serve(t, ({ file }) => file.toTempFile(folder));
  const text = 'x'.repeat(300_000);
  for (const name of ['../../etc/pass wd', '', '..', 'a'.repeat(500)]) {
    const { result } = await send(manifest({ file: named('F1', { name }) }), file('F1', text));
    assert.equal(path.dirname(result.path), folder);
    assert.match(path.basename(result.path), /^[\w.-]{1,64}\.\d+\.[0-9a-f]+$/);
    assert.equal(result.bytesWritten, text.length);
    assert.equal(fs.readFileSync(result.path, 'utf8'), text);
  }
  assert.equal(fs.readdirSync(folder).length, 4);
});

test('a file that cannot be written rejects, and one that breaks off is removed', async (t) => {
  const folder = path.join(os.tmpdir(), `forms-${process.pid}-broken`);
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { send } = await serve(t, async ({ file, dir }) => {
    try {
      await file.toTempFile(dir);
      return 'written';
    } catch (error) {
      return /** @type {any} */ (error).code;
    }
  });
  const at = (/** @type {string} */ dir) => manifest({ dir, file: named('F1') });
  assert.match((await send(at(`${__filename}/x`), file('F1', 'one'))).result, /^(?:ENOTDIR|EEXIST)$/);
  assert.equal((await send(at(folder))).error.code, 'MISSING_FILE_PART');
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('an input may be deeper than the stack', async (t) => {
  const { send } = await serve(t, async (input) => {
    let depth = 0;
    let at = input.deep;
    for (; Array.isArray(at); at = at[0]) depth += 1;
    return [depth, await textOf(at.stream())];
  });
  const deep = `${'['.repeat(50_000)}${JSON.stringify(named('F1'))}${']'.repeat(50_000)}`;
  const text = `{"input":{"deep":${deep}}}`;
  const { result } = await send(field('__manifest', text), file('F1', 'one'));
  assert.deepEqual(result, [50_000, 'one']);
});

test('a manifest is read in the charset that its part names', async (t) => {
  const { send } = await serve(t, (input) => input);
  const head =
    'Content-Disposition: form-data; name="__manifest"\r\nContent-Type: application/json; charset=';
  assert.equal((await send(part(`${head}utf-8`, '{"input":"ü"}'))).result, 'ü');
  assert.equal((await send(part(`${head}latin1`, '{"input":"ü"}'))).result, 'Ã¼');
  assert.equal((await send(part(`${head}nonsense`, '{"input":"ü"}'))).error.message, 'Invalid manifest');
});
