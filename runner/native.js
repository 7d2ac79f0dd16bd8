// @ts-check
'use strict';

const { log } = require('../lib/log');
const { RunnerApplication } = require('./application');
const { copyOf } = require('./application-copy');
const { checked, serverOptions } = require('./config');
const { exposureContextOf } = require('./exposure-context');
const { eventHandler, taskHandler } = require('./handlers');
const { whySlow } = require('./json-fast-path');
const { RunnerLogKey } = require('./log-keys');
const { peer } = require('./peer');
const { validators } = require('./validators');

const OTHER_COPY = 'the application loads another copy of @bluelibs/runner than @bluelibs/runner-native: ';
const NO_INSTANCES = 'input files are not instances of its NodeInputFile';
const NO_CONTEXT = `it cannot be found, so that its useExposureContext() finds no request, and ${NO_INSTANCES}`;

/**
 * Serves an application with the native server. Throws if the binary cannot be loaded.
 *
 * @param {{ copy: any, problems: import('../index').ConfigProblem[] }} config as `readConfig` returns it
 * @param {import('./index').ExposureDependencies} deps
 */
async function startNative({ copy, problems: unread }, deps) {
  // Required here, since it loads the binary, which can fail.
  const { TunnelServer } = require('../lib/server');
  const given = { validators: validators(deps), logger: deps.logger };
  const { options, basePath, closeTimeoutMs, problems, ...own } = serverOptions(copy, given);
  const application = new RunnerApplication(deps, own);
  const runner = copyOf(deps.store);
  report(deps, runner);
  const server = checked([...unread, ...problems], () => new TunnelServer(options, application));
  const app = { deps, application, basePath, withExposureContext: exposureContextOf(runner ?? peer) };
  for (const id of deps.store.tasks.keys()) server.registerTask(id, taskHandler(app, id));
  for (const [id, { event }] of deps.store.events) {
    server.registerEvent(id, eventHandler(app, id), { parallel: event.parallel === true });
  }
  await server.listen();
  const close = (/** @type {import('../index').CloseOptions} */ closing = { timeoutMs: closeTimeoutMs }) =>
    server.close(closing);
  return { basePath, server: /** @type {any} */ (server), refresh: application.refresh, close };
}

/**
 * Logs what an application would not notice: that JSON takes the slow path, and that there are two copies of Runner.
 *
 * @param {import('./index').ExposureDependencies} deps
 * @param {unknown} runner the copy that the application uses, if it was found
 */
function report({ logger, serializer }, runner) {
  const reason = whySlow(serializer);
  if (reason !== undefined) log(logger, 'info', RunnerLogKey.FAST_PATH, { enabled: false, reason });
  if (runner === peer) return;
  const lack = runner === undefined ? NO_CONTEXT : NO_INSTANCES;
  log(logger, 'info', RunnerLogKey.PEER, { reason: OTHER_COPY + lack });
}

module.exports = { startNative };
