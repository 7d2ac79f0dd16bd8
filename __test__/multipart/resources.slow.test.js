// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { startChild } = require('../helpers/child.js');
const { END, file, formHead, manifest, named } = require('../helpers/form.js');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { connect } = require('../helpers/raw.js');

const MB = 1024 * 1024;
const INPUT = manifest({ file: named('F1') });

/** @param {import('../helpers/inside.js').World} world */
async function serveInChild({ makeServer, openFiles, peakMemoryBytes, aborted, deferred, data, send }) {
  const server = makeServer({ limits: { multipart: { maxFileBytes: 2 ** 30 } } });
  const counts = { begun: 0, ended: 0, refs: /** @type {WeakRef<object>[]} */ ([]) };
  const go = deferred();
  server.registerTask('go', () => go.resolve());
  server.registerTask('size', async (/** @type {any} */ { file }) => {
    await go.promise;
    let bytes = 0;
    for await (const chunk of file.stream()) bytes += chunk.length;
    return bytes;
  });
  const counted =
    (/** @type {(file: any, context: any) => Promise<void>} */ handler) =>
    async (/** @type {any} */ { file }, /** @type {any} */ context) => {
      counts.begun += 1;
      counts.refs.push(new WeakRef(file));
      await handler(file, context).catch(() => {});
      counts.ended += 1;
    };
  server.registerTask(
    'read',
    counted(async (file) => {
      for await (const chunk of file.stream()) if (chunk === null) return;
    }),
  );
  server.registerTask(
    'keep',
    counted((file) => file.toTempFile(data)),
  );
  server.registerTask(
    'ignore',
    counted(async (_file, { signal }) => {
      await aborted(signal);
    }),
  );
  server.registerTask('state', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    /** @type {any} */ (globalThis).gc();
    const alive = counts.refs.filter((ref) => ref.deref() !== undefined).length;
    return { files: openFiles(), peak: peakMemoryBytes(), alive, begun: counts.begun, ended: counts.ended };
  });
  send(await server.listen());
}

/** @param {import('node:test').TestContext} t */
async function startServing(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'forms-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const child = startChild(t, serveInChild, folder, { execArgv: ['--expose-gc'] });
  const { port } = await child.next();
  return { port, folder, state: async () => (await callTask(port, 'state')).json.result };
}

test('a file of 256 MB is not sent while its task does not read, and takes less than 64 MB', async (t) => {
  const { port, state } = await startServing(t);
  const before = await state();
  const raw = await connect(t, port);
  const [head, tail] = file('F1', '|').split('|');
  const count = 256;
  const chunk = Buffer.alloc(MB, 'x');
  raw.write(formHead('size', (INPUT + head + tail + END).length + count * MB) + INPUT + head);
  for (let i = 0; i < count; i += 1) raw.write(chunk);
  raw.write(tail + END);
  for (let turns = 0; turns < 50; turns += 1) await state();
  const waiting = raw.socket.writableLength;
  assert.ok(waiting > 200 * MB, `${Math.round(waiting / MB)} MB wait at the client`);
  const kept = (await state()).peak - before.peak;
  assert.ok(kept < 64 * MB, `${Math.round(kept / MB)} MB more`);
  await callTask(port, 'go');
  assert.deepEqual((await raw.response()).body.toString(), `{"ok":true,"result":${count * MB}}`);
  // Chunks that were read are freed by the garbage collector; the file was never held as a whole.
  const grown = (await state()).peak - before.peak;
  assert.ok(grown < (count / 2) * MB, `${Math.round(grown / MB)} MB more`);
});

test('2,500 uploads that are broken off anywhere leave no file, no memory and nothing that runs', async (t) => {
  const { port, folder, state } = await startServing(t);
  const tasks = ['read', 'keep', 'ignore'];
  const text = INPUT + file('F1', 'x'.repeat(2_000)) + END;
  let sent = 0;
  const breakOff = async (/** @type {number} */ rounds) => {
    for (let round = 0; round < rounds; round += 1) {
      const clients = await Promise.all(Array.from({ length: 20 }, () => connect(t, port)));
      const writes = clients.map((client) => {
        sent += 1;
        // From the first byte of the form to one of its last boundary.
        const end = 1 + ((sent * 997) % (text.length - 4));
        return client.write(formHead(tasks[sent % 3], text.length) + text.slice(0, end));
      });
      await Promise.all(writes);
      for (const [index, client] of clients.entries()) index % 2 ? client.reset() : client.destroy();
    }
  };
  const before = await state();
  const settled = async () => {
    await eventually(t, async () => {
      const { files, alive, begun, ended } = await state();
      return files <= before.files && alive === 0 && begun > sent / 4 && begun === ended;
    });
    return (await state()).peak;
  };
  await breakOff(25);
  const warm = await settled();
  // Not all at once, since data that waits for the disk is no leak.
  for (let turn = 0; turn < 4; turn += 1) {
    await breakOff(25);
    await settled();
  }
  const grown = (await settled()) - warm;
  assert.ok(grown < 48 * MB, `${Math.round(grown / MB)} MB more`);
  assert.deepEqual(fs.readdirSync(folder), []);
});
