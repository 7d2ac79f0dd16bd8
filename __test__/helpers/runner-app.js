// @ts-check
'use strict';

const { peer } = require('../../runner/peer.js');

const { r, run } = /** @type {any} */ (peer);
const { resources, tags } = /** @type {any} */ (peer.globals);

/** What `nativeExposure` depends on. */
const dependencies = {
  store: resources.store,
  taskRunner: resources.taskRunner,
  eventManager: resources.eventManager,
  logger: resources.logger,
  serializer: resources.serializer,
};

/**
 * A running application that is disposed with the test. It prints no log; `logs` keeps the entries.
 *
 * @param {{ after: (fn: () => Promise<void>) => void }} t
 * @param {any[]} items to register
 * @param {any} [options] of `run`
 */
async function startApp(t, items, options = {}) {
  /** @type {any[]} */
  const logs = [];
  const keeper = r
    .resource('test.keeper')
    .dependencies({ logger: resources.logger })
    .init(async (/** @type {any} */ _config, /** @type {any} */ { logger }) => {
      logger.onLog((/** @type {any} */ log) => logs.push(log));
    })
    .build();
  const app = r
    .resource('test.app')
    .register([keeper, ...items])
    .dependencies({ keeper })
    .init(async () => 'running')
    .build();
  const runtime = await run(app, {
    shutdownHooks: false,
    errorBoundary: false,
    logs: { printThreshold: null },
    ...options,
  });
  t.after(() => runtime.dispose());
  return { runtime, logs, deps: depsOf(runtime) };
}

/** @param {any} runtime */
function depsOf(runtime) {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, resource]) => [name, runtime.getResourceValue(resource)]),
  );
}

/**
 * @param {string} id
 * @param {(input: any) => any} [body]
 */
function task(id, body = async (input) => input) {
  return r.task(id).run(body).build();
}

/** @param {string} id */
function event(id) {
  return r.event(id).build();
}

/**
 * A tunnel whose value is `value` once it is initialised.
 *
 * @param {string} id
 * @param {any} value
 */
function tunnel(id, value) {
  return r
    .resource(id)
    .tags([tags.tunnel])
    .init(async () => value)
    .build();
}

module.exports = { dependencies, depsOf, event, startApp, task, tunnel, peer: /** @type {any} */ (peer) };
