// @ts-check
'use strict';

/**
 * Requests that together enter application code in all ways that exist.
 *
 * @type {Record<string, import('./world.js').Scenario>}
 */
const scenarios = {
  ...require('./calls.js').scenarios,
  ...require('./bodies.js').scenarios,
  ...require('./fallback.js').scenarios,
};

module.exports = { scenarios };
