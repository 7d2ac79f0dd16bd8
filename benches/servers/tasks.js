// @ts-check
'use strict';

const { burn } = require('../lib/workload');

/**
 * What is measured in each kind of worker.
 * @type {Record<string, (input: any) => unknown>}
 */
const tasks = {
  small: ({ a, b }) => a + b,
  burn,
};

module.exports = { tasks };
