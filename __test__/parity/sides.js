// @ts-check
'use strict';

const { buildApp } = require('./app.js');
const { nodeExposure, run } = require('./runner.js').runner;
const { nativeExposure } = require('../../runner/index.js');

/** What serves the app: the whole difference between the two sides. */
const EXPOSURES = {
  nodeExposure: () => nodeExposure,
  native: () => /** @type {any} */ (nativeExposure),
};

/** @typedef {keyof typeof EXPOSURES} SideName */

/**
 * @typedef {object} Side an app that is served
 * @property {SideName} name
 * @property {string} variant
 * @property {number} port
 * @property {string} base path of the exposure
 * @property {string} url with the base path, as clients want it
 * @property {import('./app.js').State} state what the app's parts keep
 * @property {any} exposure the value of the exposure's resource
 * @property {any} runtime
 * @property {() => Promise<void>} stop
 */

/**
 * @param {SideName} name
 * @param {string} variant
 * @returns {Promise<Side>}
 */
async function startSide(name, variant) {
  const resource = EXPOSURES[name]();
  const { app, state } = buildApp(resource, variant);
  const runtime = await run(app, {
    logs: { printThreshold: null },
    errorBoundary: false,
    shutdownHooks: false,
  });
  const exposure = runtime.getResourceValue(resource);
  const { port } = exposure.server.address();
  const base = exposure.basePath;
  return {
    name,
    variant,
    port,
    base,
    url: `http://127.0.0.1:${port}${base}`,
    state,
    exposure,
    runtime,
    async stop() {
      // nodeExposure waits for open connections.
      if (name === 'nodeExposure') exposure.server.closeAllConnections();
      await runtime.dispose();
    },
  };
}

/** Apps that are started when first asked for, and stopped together. */
class Sides {
  constructor() {
    /** @type {Map<string, Promise<Side>>} */
    this.started = new Map();
  }

  /**
   * @param {SideName} name
   * @param {string} variant
   */
  get(name, variant) {
    const key = `${name} ${variant}`;
    let side = this.started.get(key);
    if (!side) {
      side = startSide(name, variant);
      this.started.set(key, side);
    }
    return side;
  }

  async stop() {
    const sides = await Promise.allSettled(this.started.values());
    await Promise.all(sides.map((side) => (side.status === 'fulfilled' ? side.value.stop() : undefined)));
  }
}

module.exports = { EXPOSURES, Sides, startSide };
