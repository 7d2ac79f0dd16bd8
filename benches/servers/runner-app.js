// @ts-check
'use strict';

// Runner's ESM build does not load in Node, so the CommonJS build is required by name. Both exposures use the copy of
// the project's root, which is also the one that `runner/` loads.
const { globals, r, run, useExposureContext } = require('@bluelibs/runner/node');
const { PassThrough } = require('node:stream');
const { countBytes, makeBytes } = require('../lib/payload');
const { TOKEN } = require('../lib/workload');
const { block } = require('./lifecycle');

/** What both exposures are configured with: the defaults, but for files as large as the transfers need. */
const HTTP = {
  listen: { port: 0 },
  auth: { token: TOKEN },
  limits: { multipart: { fileSize: 2 ** 31 } },
};

const task = (/** @type {string} */ id, /** @type {(input: any) => unknown} */ handler) =>
  r
    .task(id)
    .run(async (/** @type {any} */ input) => handler(input))
    .build();

const exposed = [
  task('small', ({ a, b }) => a + b),
  task('echo', (input) => input),
  task('block', block),
  task('upload', async () => ({ bytes: await countBytes(useExposureContext().req) })),
  task('form', async ({ file }) => ({ bytes: await countBytes((await file.resolve()).stream) })),
  task('download', ({ bytes }) => makeBytes(bytes)),
  task('duplex', () => useExposureContext().req.pipe(new PassThrough())),
];
const hidden = task('hidden', () => 'no client may call this');
const tunnelOptions = { mode: 'server', transport: 'http', events: [] };
const tunnel = r
  .resource('tunnel')
  .tags([globals.tags.tunnel])
  .init(async () => /** @type {any} */ ({ ...tunnelOptions, tasks: exposed.map(({ id }) => id) }))
  .build();

/**
 * Runs the application behind an exposure, and returns the value of the exposure.
 * @template Value
 * @param {import('@bluelibs/runner/node').definitions.IResourceWithConfig<any, Promise<Value>, any>} exposure
 * @returns {Promise<Value>}
 */
async function runApp(exposure) {
  const app = r
    .resource('app')
    .register([...exposed, hidden, tunnel, exposure])
    .build();
  // Runner's error boundary would hide that a server did not start.
  const runtime = await run(app, { errorBoundary: false, logs: { printThreshold: null } });
  return runtime.getResourceValue(exposure.resource);
}

module.exports = { HTTP, runApp };
