// @ts-check
'use strict';

const { SHARE_ENV } = require('node:worker_threads');

const { show } = require('../errors');
const { URL } = require('../primordials');
const { RESOURCE_LIMITS } = require('./spec');

/**
 * @typedef {import('./spec').Kind} Kind
 * @typedef {import('./spec').OptionSpec} OptionSpec
 */

/**
 * @typedef {object} OptionType
 * @property {(spec: OptionSpec, kind: Kind) => string} expected
 * @property {(value: any, spec: OptionSpec, kind: Kind) => boolean} accepts
 */

/** @type {Record<OptionSpec['type'], OptionType>} */
const TYPES = {
  integer: { expected: integerText, accepts: isInRange },
  count: {
    expected: (spec) => `'auto' or ${integerText(spec)}`,
    accepts: (value, spec) => value === 'auto' || isInRange(value, spec),
  },
  string: { expected: () => 'a non-empty string without NUL', accepts: isText },
  script: {
    expected: () => 'the path of a script, or a file: URL',
    accepts: (value) => isText(value) || (value instanceof URL && value.protocol === 'file:'),
  },
  strings: {
    expected: () => 'an array of strings without NUL',
    accepts: (value) => Array.isArray(value) && value.every((each) => isString(each)),
  },
  env: {
    expected: (_, kind) => `an object of strings${kind === 'threads' ? ', or SHARE_ENV' : ''}`,
    accepts: (value, _, kind) => (kind === 'threads' && value === SHARE_ENV) || isRecordOfStrings(value),
  },
  resourceLimits: {
    expected: () => `an object of positive numbers: ${RESOURCE_LIMITS.join(', ')}`,
    accepts: isResourceLimits,
  },
  any: { expected: () => 'a value', accepts: () => true },
};

/**
 * The value of an option, or its default.
 *
 * @param {OptionSpec} spec
 * @param {unknown} value
 * @param {Kind} kind of the pool's workers
 * @param {import('../../index').ConfigProblem[]} problems filled if it cannot be used
 */
function read(spec, value, kind, problems) {
  if (value === undefined) return spec.default;
  const { accepts, expected } = TYPES[spec.type];
  if (accepts(value, spec, kind)) return value;
  problems.push({ path: spec.path, received: show(value), expected: expected(spec, kind) });
  return undefined;
}

/** @param {OptionSpec} spec */
function integerText({ min, max, unit }) {
  return `an integer from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`;
}

/** @param {any} value @param {OptionSpec} spec */
function isInRange(value, { min = 0, max = 0 }) {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** @param {unknown} value */
function isString(value) {
  return typeof value === 'string' && !value.includes('\0');
}

/** @param {unknown} value */
function isText(value) {
  return isString(value) && value !== '';
}

/** @param {any} value */
function isRecordOfStrings(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, text]) => isText(key) && !key.includes('=') && (text === undefined || isString(text)),
  );
}

/** @param {any} value */
function isResourceLimits(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, size]) =>
      RESOURCE_LIMITS.includes(key) &&
      typeof size === 'number' &&
      size > 0 &&
      size < Number.POSITIVE_INFINITY,
  );
}

module.exports = { read };
