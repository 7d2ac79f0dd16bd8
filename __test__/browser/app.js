// @ts-check
'use strict';

const { Readable } = require('node:stream');
const { nativeExposure } = require('../../runner/index.js');
const { deferred } = require('../helpers/signal.js');

const { globals, r, run, useExposureContext } = /** @type {any} */ (require('@bluelibs/runner/node'));

/**
 * An app that is served natively with this CORS configuration.
 *
 * @param {object} [cors]
 */
async function startApp(cors) {
  /** @type {string[]} */
  const notes = [];
  const read = deferred();
  const begun = deferred();
  const left = deferred();
  const task = (/** @type {string} */ id, /** @type {(input: any) => unknown} */ work) =>
    r
      .task(id)
      .run(async (/** @type {unknown} */ input) => work(input))
      .build();
  const enrich = r.event('enrich').build();
  const notFound = r
    .error('app.errors.notFound')
    .format((/** @type {any} */ { id }) => `No user ${id}`)
    .httpCode(404)
    .build();
  const user = r.asyncContext('ctx.user').build();

  const parts = [
    ...[enrich, notFound, user],
    task('add', ({ a, b }) => a + b),
    task('echo', (input) => input),
    task('note', (text) => notes.push(text)),
    task('broken', () => {
      throw new Error('secret');
    }),
    task('find', ({ id }) => notFound.throw({ id })),
    task('who', () => user.use()),
    task('upload', async ({ file }) => ({
      name: file.name,
      type: file.type,
      size: await sizeOf(file.stream()),
    })),
    /** Sends the rest only when the page has read the beginning, which it tells by `goOn`. */
    task('stream', () => Readable.from(halves(read.promise))),
    task('goOn', () => read.resolve()),
    task('wait', () => {
      begun.resolve();
      useExposureContext().signal.addEventListener('abort', () => left.resolve());
      return left.promise;
    }),
    task('begun', () => begun.promise),
    r
      .hook('hooks.enrich')
      .on(enrich)
      .run(async (/** @type {any} */ { data }) => {
        data.seen = true;
      })
      .build(),
    r
      .resource('tunnel')
      .tags([globals.tags.tunnel])
      .init(async () => ({ mode: 'server', transport: 'http', tasks: isOwn, events: isOwn }))
      .build(),
    /** @type {any} */ (nativeExposure).with({
      http: { listen: { port: 0 }, auth: { token: 'secret' }, cors },
    }),
  ];
  const runtime = await run(r.resource('app').register(parts).build(), {
    logs: { printThreshold: null },
    errorBoundary: false,
    shutdownHooks: false,
  });
  const { server, basePath } = runtime.getResourceValue(nativeExposure);
  const url = `http://127.0.0.1:${server.address().port}${basePath}`;
  return { url, notes, left: left.promise, stop: () => runtime.dispose() };
}

/** @param {{ id: string }} item */
function isOwn({ id }) {
  return !/^(globals|platform|runner|runner-native)\./.test(id);
}

/** @param {Promise<void>} read */
async function* halves(read) {
  yield Buffer.from('the first half, ');
  await read;
  yield Buffer.from('the second half');
}

/** @param {AsyncIterable<Buffer>} stream */
async function sizeOf(stream) {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
}

module.exports = { startApp };
