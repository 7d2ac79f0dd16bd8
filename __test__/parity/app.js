// @ts-check
'use strict';

const { globals, r } = require('./runner.js').runner;
const { contextParts } = require('./app/contexts.js');
const { errorParts } = require('./app/errors.js');
const { eventParts } = require('./app/events.js');
const { fileParts } = require('./app/files.js');
const { pointType } = require('./app/point.js');
const { requestParts } = require('./app/requests.js');
const { responseParts } = require('./app/responses.js');
const { streamParts } = require('./app/streams.js');
const { tunnelParts } = require('./app/tunnels.js');
const { validatorParts } = require('./app/validators.js');
const { valueParts } = require('./app/values.js');
const { variants } = require('./variants.js');

/**
 * The state of an app, for cases to inspect.
 *
 * @typedef {object} State
 * @property {{ level: string, message: unknown, error: string | undefined, data: any }[]} log what the app has logged
 *   since it runs
 * @property {any[]} notes in the order that the app's parts left them
 * @property {any} tunnel the value of the tunnel `tunnel`
 */

/**
 * @typedef {object} Kit what a part of the app is made with
 * @property {any} r
 * @property {any} globals
 * @property {State} state
 * @property {(id: string, run: (input: any) => unknown) => any} task
 */

/**
 * The app of a variant. Each call makes new objects, so that two apps share nothing.
 *
 * @param {any} exposure nodeExposure, or what stands in for it
 * @param {string} variantName
 */
function buildApp(exposure, variantName) {
  const variant = variants[variantName];
  if (!variant) throw new Error(`no variant ${variantName}`);
  /** @type {State} */
  const state = { log: [], notes: [], tunnel: undefined };
  /** @type {Kit} */
  const kit = {
    r,
    globals,
    state,
    task: (id, run) =>
      r
        .task(id)
        .run(async (/** @type {unknown} */ input) => run(input))
        .build(),
  };
  const parts = [
    recorder(kit),
    ...valueParts(kit),
    ...errorParts(kit),
    ...streamParts(kit),
    ...responseParts(kit),
    ...requestParts(kit),
    ...fileParts(kit),
    ...eventParts(kit),
    ...contextParts(kit),
    ...validatorParts(kit, variant.validators ?? []),
    ...tunnelParts(kit, variant.tunnels ?? ['everything']),
  ];
  const http = { listen: { port: 0 }, ...variant.http() };
  const app = r
    .resource('app')
    .register([...parts, exposure.with({ http })])
    .build();
  return { app, state };
}

/** @param {Kit} kit */
function recorder({ state }) {
  return r
    .resource('recorder')
    .dependencies({ logger: globals.resources.logger, serializer: globals.resources.serializer })
    .init(async (/** @type {void} */ _config, /** @type {any} */ { logger, serializer }) => {
      logger.onLog((/** @type {any} */ { level, message, error, context }) => {
        state.log.push({ level, message, error: error?.message, data: context });
      });
      serializer.addType(pointType);
    })
    .build();
}

module.exports = { buildApp };
