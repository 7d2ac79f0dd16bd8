// @ts-check
'use strict';

// nodeExposure. Without its types: an app under test is wrong on purpose here and there, in ways that they forbid.
/** @type {any} */
const runner = require('@bluelibs/runner/node');

module.exports = { runner };
