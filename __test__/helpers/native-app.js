// @ts-check
'use strict';

const { nativeExposure } = require('../../runner');
const { callTask } = require('./http.js');
const { peer, startApp, tunnel } = require('./runner-app.js');

/**
 * A Runner application on a free port that is disposed with the test. It accepts requests without a token.
 *
 * @param {import('node:test').TestContext} t
 * @param {any[]} items the tasks and events that are exposed, and whatever else is to be registered
 * @param {object} [more]
 * @param {any} [more.http] of the configuration
 * @param {any} [more.native] the setting of that name
 * @param {any} [more.run] options of `run`
 */
async function startNativeApp(t, items, { http = {}, native, run } = {}) {
  const exposed = tunnel('test.tunnel', {
    mode: 'server',
    transport: 'http',
    tasks: (/** @type {any} */ { id }) => id.startsWith('test.tasks.'),
    events: (/** @type {any} */ { id }) => id.startsWith('test.events.'),
  });
  const config = { http: { listen: { port: 0 }, auth: { allowAnonymous: true }, ...http }, native };
  const { runtime, logs } = await startApp(t, [...items, nativeExposure.with(config), exposed], run);
  const value = runtime.getResourceValue(nativeExposure.id);
  const { port } = value.server.address();
  /** @param {string} id @param {any} [input] @param {any} [options] */
  const call = (id, input, options) => callTask(port, `test.tasks.${id}`, input, options);
  return { runtime, logs, value, port, call };
}

/** @param {any[]} logs @param {string} message */
function logged(logs, message) {
  return logs.filter((log) => log.message === message);
}

/**
 * Counts how often a serializer of Runner runs, by its reads of its options.
 *
 * @param {any} serializer
 * @returns {() => number}
 */
function countRuns(serializer) {
  let runs = 0;
  const { runtimeOptions } = serializer;
  Object.defineProperty(serializer, 'runtimeOptions', {
    get() {
      runs += 1;
      return runtimeOptions;
    },
  });
  return () => runs;
}

module.exports = { countRuns, logged, nativeExposure, peer, startNativeApp };
