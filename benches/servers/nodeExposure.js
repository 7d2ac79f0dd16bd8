// @ts-check
'use strict';

// Its ESM build does not load under Node, so the CommonJS one is asked for by name.
const { globals, nodeExposure, r, run } = require('@bluelibs/runner/node');
const { TOKEN } = require('../lib/work');
const { IDLE_MS, block, ready } = require('./life');

const task = (/** @type {string} */ id, /** @type {(input: any) => unknown} */ handler) =>
  r
    .task(id)
    .run(async (/** @type {any} */ input) => handler(input))
    .build();

const exposed = [task('small', ({ a, b }) => a + b), task('echo', (input) => input), task('block', block)];
const hidden = task('hidden', () => 'nobody may call this');
const tunnelOptions = { mode: 'server', transport: 'http', events: [] };
const tunnel = r
  .resource('tunnel')
  .tags([globals.tags.tunnel])
  .init(async () => /** @type {any} */ ({ ...tunnelOptions, tasks: exposed.map(({ id }) => id) }))
  .build();
const exposure = nodeExposure.with({ http: { listen: { port: 0 }, auth: { token: TOKEN } } });
const app = r
  .resource('app')
  .register([...exposed, hidden, tunnel, exposure])
  .build();

run(app, { logs: { printThreshold: null } }).then((runtime) => {
  const server = /** @type {import('node:http').Server} */ (
    runtime.getResourceValue(exposure.resource).server
  );
  server.keepAliveTimeout = IDLE_MS;
  ready(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
});
