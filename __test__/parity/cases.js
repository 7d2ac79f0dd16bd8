// @ts-check
'use strict';

/** @typedef {import('./wire/compare.js').Expectation} Expectation */

/**
 * One request that both sides must respond to alike.
 *
 * @typedef {object} RawCase
 * @property {string} name
 * @property {string[]} covers rows of PROTOCOL.md, as rows.js names them
 * @property {string} [variant] of the app, `plain` without it
 * @property {import('./wire/request.js').RequestSpec | Buffer} request
 * @property {Expectation} [expect] what both responses are like, so that two wrong ones do not agree
 * @property {{ row: number, nodeExposure: Expectation | 'never sent', native: Expectation }} [excuse] a row of section
 *   9, by which the responses differ; a request that would end the process of nodeExposure is never sent to it
 */

/**
 * A script that runs against each side, with the same outcome.
 *
 * @typedef {object} ScriptCase
 * @property {string} name
 * @property {string[]} covers
 * @property {string | null} [variant] null: the case starts its apps itself
 * @property {(side: import('./sides.js').Side, t: import('node:test').TestContext, name: import('./sides.js').SideName) => unknown} run
 * @property {{ row: number, nodeExposure: unknown, native: unknown }} [excuse] the outcomes of both sides; with
 *   'never run' for nodeExposure it runs against the native server alone
 */

/** @type {RawCase[]} */
const rawCases = [
  ...require('./cases/routes.js'),
  ...require('./cases/checks.js'),
  ...require('./cases/auth.js'),
  ...require('./cases/exposure.js'),
  ...require('./cases/inputs.js'),
  ...require('./cases/records.js'),
  ...require('./cases/results.js'),
  ...require('./cases/errors.js'),
  ...require('./cases/events.js'),
  ...require('./cases/streams.js'),
  ...require('./cases/responses.js'),
  ...require('./cases/requests.js'),
  ...require('./cases/multipart.js'),
  ...require('./cases/multipart-meta.js'),
  ...require('./cases/multipart-parts.js'),
  ...require('./cases/multipart-broken.js'),
  ...require('./cases/limits.js'),
  ...require('./cases/contexts.js'),
  ...require('./cases/cors.js'),
  ...require('./cases/headers.js'),
  ...require('./cases/better.js'),
];

/** @type {ScriptCase[]} */
const scriptCases = [
  ...require('./scripts/values.js'),
  ...require('./scripts/transfers.js'),
  ...require('./scripts/sequences.js'),
  ...require('./scripts/better.js'),
];

module.exports = { rawCases, scriptCases };
