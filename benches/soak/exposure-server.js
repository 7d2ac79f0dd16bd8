// @ts-check
'use strict';

// A Runner application behind `nativeExposure`, in its own process.

const { globals, r, run, useExposureContext } = require('@bluelibs/runner/node');
const { once } = require('node:events');
const { PassThrough } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { nativeExposure } = require('../../runner');
const { countBytes, makeBytes } = require('../lib/payload');
const { TOKEN } = require('../lib/workload');
const { serve } = require('./serve');

const pending = { tasks: 0, streams: 0 };

/**
 * @template {import('node:stream').Stream} Stream
 * @param {Stream} stream
 */
function counted(stream) {
  pending.streams++;
  stream.once('close', () => pending.streams--);
  return stream;
}

const task = (/** @type {string} */ id, /** @type {(input: any) => unknown} */ handler) =>
  r
    .task(id)
    .run(async (/** @type {any} */ input) => {
      pending.tasks++;
      try {
        return await handler(input);
      } finally {
        pending.tasks--;
      }
    })
    .build();

/** Waits until its client has left, and reads nothing. */
async function wait() {
  const { signal } = useExposureContext();
  if (!signal.aborted) await once(signal, 'abort');
}

const tasks = [
  task('add', ({ a, b }) => a + b),
  task('upload', async () => ({ bytes: await countBytes(counted(useExposureContext().req)) })),
  task('wait', wait),
  task('form', async ({ file }) => ({ bytes: await countBytes(counted((await file.resolve()).stream)) })),
  task('duplex', () => counted(counted(useExposureContext().req).pipe(new PassThrough()))),
  task('download', ({ bytes }) => counted(makeBytes(bytes))),
  task('download.head', ({ bytes }) => ({ stream: counted(makeBytes(bytes)), contentType: 'video/mp4' })),
  task('download.hand', ({ bytes }) => pipeline(counted(makeBytes(bytes)), useExposureContext().res)),
];
const tunnelOptions = { mode: 'server', transport: 'http', events: [] };
const tunnel = r
  .resource('tunnel')
  .tags([globals.tags.tunnel])
  .init(async () => /** @type {any} */ ({ ...tunnelOptions, tasks: tasks.map(({ id }) => id) }))
  .build();
const exposure = nativeExposure.with({ http: { listen: { port: 0 }, auth: { token: TOKEN } } });
const app = r
  .resource('app')
  .register([...tasks, tunnel, exposure])
  .build();

run(app, { errorBoundary: false, shutdownHooks: false, logs: { printThreshold: null } }).then((runtime) => {
  const server = /** @type {import('../..').TunnelServer} */ (
    runtime.getResourceValue(exposure.resource).server
  );
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  serve(
    port,
    () => ({ ...pending }),
    () => runtime.dispose(),
  );
});
