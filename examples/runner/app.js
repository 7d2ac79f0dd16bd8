// @ts-check
'use strict';

const { globals, r } = require('@bluelibs/runner/node');
// The only line that differs from an application with `nodeExposure`.
const { nativeExposure } = require('@bluelibs/runner-native/runner');
const { TOKEN, orderNotFound, user } = require('./shared.js');
const { tasks } = require('./tasks.js');

/** @type {import('@bluelibs/runner/node').TunnelRunner} */
const exposed = { mode: 'server', transport: 'http', tasks: tasks.map(({ id }) => id) };

const tunnel = r
  .resource('example.tunnel')
  .tags([globals.tags.tunnel])
  .init(async () => exposed)
  .build();

const exposure = nativeExposure.with({
  http: { basePath: '/__runner', listen: { port: 0 }, auth: { token: TOKEN } },
});

/** Its value is what `nativeExposure` gives. */
const app = r
  .resource('example.app')
  .register([user, orderNotFound, ...tasks, tunnel, exposure])
  .dependencies({ exposure: nativeExposure })
  .init(async (_config, dependencies) => dependencies.exposure)
  .build();

module.exports = { app };
