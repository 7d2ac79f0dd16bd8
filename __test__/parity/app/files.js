// @ts-check
'use strict';

const { mkdtemp, readFile, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { inspect } = require('node:util');
const { NodeInputFile, readInputFileToBuffer } = require('../runner.js').runner;
const { ownExposure } = require('./own.js');
const { bytesOf, hashOf } = require('./requests.js');

/**
 * Tasks that take files.
 *
 * @param {import('../app.js').Kit} kit
 */
function fileParts({ task, state }) {
  return [
    task('upload', async (input) => {
      const bytes = await bytesOf(input.file.stream());
      return { ...about(input.file, bytes), rest: input.rest ?? null };
    }),
    task('uploadOnly', async (file) => about(file, await bytesOf(file.stream()))),
    task('uploadResolve', async ({ file }) => {
      const { stream } = await file.resolve();
      return about(file, await bytesOf(stream));
    }),
    task('uploadHelper', async ({ file }) => (await readInputFileToBuffer(file)).toString('utf8')),
    task('uploadTwo', async ({ a, b }) => {
      const first = await bytesOf(a.stream());
      return [about(a, first), about(b, await bytesOf(b.stream()))];
    }),
    task('uploadList', async ({ files }) => {
      const all = [];
      for (const file of files) all.push(about(file, await bytesOf(file.stream())));
      return all;
    }),
    task('uploadTemp', async ({ file }) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'parity-'));
      try {
        const written = await file.toTempFile(folder);
        const bytes = await readFile(written.path);
        const inFolder = path.dirname(written.path) === folder;
        return { bytesWritten: written.bytesWritten, inFolder, text: bytes.toString('utf8') };
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    task('uploadReadTwice', async ({ file }) => {
      await bytesOf(file.stream());
      try {
        file.stream();
      } catch (error) {
        const { name, message, id } = /** @type {any} */ (error);
        return { name, message, id };
      }
      return 'read again';
    }),
    task('uploadReadTwiceThrows', async ({ file }) => {
      await file.resolve();
      await file.resolve();
    }),
    task('uploadCutOff', async ({ file }) => {
      const { signal } = ownExposure();
      /** @type {string[]} */
      const order = [];
      signal.addEventListener('abort', () => order.push('signal'));
      try {
        for await (const chunk of file.stream()) state.notes.push(`started with ${chunk.length > 0}`);
      } catch {
        order.push('stream');
      }
      state.notes.push(order);
    }),
    task('uploadUnread', ({ file }) => ({ name: file.name })),
    task('uploadSame', ({ a, b }) => ({ same: a === b, name: a.name })),
    task('uploadBack', ({ file }) => file.stream()),
    task('uploadBackWrapped', ({ file }) => ({
      stream: file.stream(),
      contentType: file.type,
      headers: { 'x-name': file.name },
    })),
    task('uploadThrows', async ({ file }) => {
      await bytesOf(file.stream());
      throw new Error('secret');
    }),
    task('uploadThrowsUndefined', () => Promise.reject(undefined)),
    task('uploadResponds', async ({ file }) => {
      const bytes = await bytesOf(file.stream());
      ownExposure().res.writeHead(201, { 'content-type': 'text/plain' }).end(`got ${bytes.length}`);
    }),
    task('uploadInspect', (input) => {
      const options = { depth: 5, breakLength: Number.POSITIVE_INFINITY, compact: true };
      return inspect(input, options).replace(/NodeInputFile \{.*?\n?\}/gs, 'File');
    }),
    task('uploadShape', ({ file }) => ({
      keys: ['name', 'type', 'size', 'lastModified', 'extra'].map((key) => [key, key in file]),
      own: Object.keys(file),
      kind: [file instanceof NodeInputFile, file.constructor.name],
      methods: ['resolve', 'stream', 'toTempFile'].map((key) => typeof file[key]),
    })),
  ];
}

/**
 * @param {any} file
 * @param {Buffer} bytes
 */
function about({ name, type, size, lastModified, extra }, bytes) {
  const text = bytes.length < 100 ? { text: bytes.toString('latin1') } : { hash: hashOf(bytes) };
  return { name, type, size, lastModified, extra, length: bytes.length, ...text };
}

module.exports = { fileParts };
