// @ts-check
'use strict';

const { log } = require('../lib/log');
const { readConfig } = require('./config');
const { RunnerLogKey } = require('./log-keys');
const { startNodeExposure } = require('./node-exposure');
const { peer } = require('./peer');
const { whenReady } = require('./ready');
const { chooseServer } = require('./select-server');

const { store, taskRunner, eventManager, logger, serializer } = peer.globals.resources;

/** What both servers need of an application. */
const dependencies = { store, taskRunner, eventManager, logger, serializer };

/** `nodeExposure` of Runner, served by the native server. */
const nativeExposure = peer.resource({
  id: 'runner-native.resources.exposure',
  meta: {
    title: 'Native Exposure (HTTP)',
    description: 'Exposes Runner tasks and events over HTTP, served by the native server.',
  },
  dependencies,
  init: (/** @type {any} */ config, /** @type {any} */ deps) => startExposure(config, deps),
  dispose: async (/** @type {any} */ value) => value?.close?.(),
});

/**
 * Serves an application that is already running. The returned value has to be closed before the application is
 * disposed.
 *
 * @param {any} runtime what `run()` resolves to
 * @param {any} config as of `nativeExposure`
 */
async function exposeRuntime(runtime, config) {
  if (typeof runtime?.getResourceValue !== 'function') {
    throw new TypeError(
      'exposeRuntime: the first argument is not a runtime, expected what `run()` of Runner resolves to',
    );
  }
  const deps = Object.fromEntries(
    Object.entries(dependencies).map(([name, resource]) => [name, runtime.getResourceValue(resource)]),
  );
  return startExposure(config, deps);
}

/**
 * @param {any} config
 * @param {any} deps
 */
async function startExposure(config, deps) {
  const read = readConfig(config);
  const { server, reason, level } = chooseServer(read.copy);
  log(deps.logger, level, RunnerLogKey.SERVER, reason === undefined ? { server } : { server, reason });
  if (server === 'nodeExposure') return startNodeExposure(config, deps);
  // Required here, since it loads the binary, without which nodeExposure serves.
  const { startNative } = require('./native');
  /** @type {import('./index').NativeExposure | undefined} */
  let value;
  // Before the server listens, so that a failure leaves none open.
  whenReady(deps.eventManager, () => value?.refresh());
  value = await startNative(read, deps);
  return value;
}

module.exports = { nativeExposure, exposeRuntime };
