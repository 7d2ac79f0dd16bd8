// @ts-check
'use strict';

const { RunnerApplication } = require('./application');
const { checked, serverOptions } = require('./config');
const { eventHandler, taskHandler } = require('./handlers');
const { validators } = require('./validators');

/**
 * Serves an application with the native server. Throws where the binary cannot be loaded.
 *
 * @param {import('./index').NativeExposureConfig} config
 * @param {import('./index').ExposureDependencies} deps
 */
async function startNative(config, deps) {
  // Not before it is needed: loading it is what can fail.
  const { TunnelServer } = require('../lib/server');
  const given = { validators: validators(deps), logger: deps.logger };
  const { options, basePath, closeTimeoutMs, problems, ...own } = serverOptions(config, given);
  const application = new RunnerApplication(deps, own);
  const server = checked(problems, () => new TunnelServer(options, application));
  const app = { deps, application, basePath };
  for (const id of deps.store.tasks.keys()) server.registerTask(id, taskHandler(app, id));
  for (const [id, { event }] of deps.store.events) {
    server.registerEvent(id, eventHandler(app, id), { parallel: event.parallel === true });
  }
  await server.listen();
  const close = (/** @type {import('../index').CloseOptions} */ closing = { timeoutMs: closeTimeoutMs }) =>
    server.close(closing);
  return { basePath, server: /** @type {any} */ (server), refresh: application.refresh, close };
}

module.exports = { startNative };
