// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { describe, it } = require('node:test');
const { createHttpClient, createHttpMixedClient, createHttpSmartClient, createNodeFile, Serializer } =
  /** @type {any} */ (require('@bluelibs/runner/node'));
const { textOf } = require('../helpers/form.js');
const { startServer, TunnelError } = require('../helpers/server.js');

/** @param {import('../../index.js').TunnelServer} server */
function registerAll(server) {
  server
    .registerTask('app.tasks.describe', async (/** @type {any} */ { note, files }) => {
      const described = [];
      for (const file of files) {
        // The metadata of the part is known once its bytes have arrived.
        const text = await textOf(file.stream());
        const { name, type, size, lastModified, extra } = file;
        described.push({ name, type, size, lastModified, extra, text });
      }
      return { note, described };
    })
    .registerTask('app.tasks.size', async (/** @type {any} */ { file }) => {
      let bytes = 0;
      for await (const chunk of file.stream()) bytes += chunk.length;
      return bytes;
    })
    .registerTask('app.tasks.ignore', () => 'ignored')
    .registerTask('app.tasks.refuse', () => {
      throw new TunnelError({ message: 'Not this one', code: 'REFUSED', httpCode: 422 });
    });
}

/**
 * @param {import('node:test').TestContext} t
 * @param {(config: object) => any} create
 * @param {object} [limits]
 */
async function connected(t, create, limits = {}) {
  const { url } = await startServer(t, { auth: { token: 'secret' }, limits }, registerAll);
  return create({ baseUrl: `${url}/__runner`, auth: { token: 'secret' }, serializer: new Serializer() });
}

// The clients of Node that send files; the browser's sends a `Blob`.
for (const [name, create] of /** @type {[string, (config: object) => any][]} */ ([
  ['createHttpSmartClient', createHttpSmartClient],
  ['createHttpMixedClient', createHttpMixedClient],
])) {
  describe(name, () => {
    it('sends files with what it knows of them', async (t) => {
      const client = await connected(t, create);
      const meta = { name: 'a "b" ü.txt', type: 'text/plain', size: 3, lastModified: 7, extra: { tag: 'x' } };
      const files = [
        createNodeFile(meta, { buffer: Buffer.from('one') }, 'F1'),
        createNodeFile({ name: 'b' }, { stream: Readable.from([Buffer.from('t'), Buffer.from('wo')]) }, 'F2'),
      ];
      const { note, described } = await client.task('app.tasks.describe', { note: 'hi', files });
      assert.equal(note, 'hi');
      assert.deepEqual(described[0], { ...meta, text: 'one' });
      assert.deepEqual(described[1], { name: 'b', type: 'application/octet-stream', text: 'two' });
    });

    it('sends a large file as it is read', async (t) => {
      const client = await connected(t, create, { multipart: { maxFileBytes: 100_000_000 } });
      const chunks = function* () {
        for (let i = 0; i < 500; i += 1) yield Buffer.alloc(100_000, i);
      };
      const file = createNodeFile({ name: 'large' }, { stream: Readable.from(chunks()) }, 'F1');
      assert.equal(await client.task('app.tasks.size', { file }), 50_000_000);
    });

    it('gets the response of a task that reads no file', async (t) => {
      const client = await connected(t, create);
      const file = createNodeFile({ name: 'x' }, { buffer: Buffer.alloc(5_000_000) }, 'F1');
      assert.equal(await client.task('app.tasks.ignore', { file }), 'ignored');
    });

    it('gets the errors of tasks and of limits', async (t) => {
      const client = await connected(t, create, { multipart: { maxFileBytes: 1000 } });
      const file = (/** @type {number} */ bytes) =>
        createNodeFile({ name: 'x' }, { buffer: Buffer.alloc(bytes) }, 'F1');
      await assert.rejects(client.task('app.tasks.refuse', { file: file(10) }), { code: 'REFUSED' });
      await assert.rejects(client.task('app.tasks.size', { file: file(1000) }), {
        code: 'PAYLOAD_TOO_LARGE',
        message: 'File size limit exceeded',
      });
    });
  });
}

describe('createHttpClient', () => {
  it('sends files of the browser', async (t) => {
    const client = await connected(t, createHttpClient);
    const file = (/** @type {string} */ id, /** @type {object} */ meta, /** @type {string} */ text) => ({
      $runnerFile: 'File',
      id,
      meta,
      _web: { blob: new Blob([text], { type: 'text/css' }) },
    });
    const files = [file('F1', { name: 'ü.css', type: 'text/x' }, 'one'), file('F2', { name: 'b' }, 'two')];
    const { described } = await client.task('app.tasks.describe', { files });
    assert.deepEqual(described, [
      { name: 'ü.css', type: 'text/x', text: 'one' },
      { name: 'b', type: 'text/css', text: 'two' },
    ]);
  });
});
