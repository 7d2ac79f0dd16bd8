// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { prepareAddon } = require('../lib/prepare');
const { keep, print } = require('./report');
const { SAMPLES, soak } = require('./soak');

/**
 * @typedef {object} Plan
 * @property {string} goal what is proven, as the title of the verdicts
 * @property {string} option the name of the option for its length
 * @property {number} full its default; results of shorter runs are not kept
 * @property {number} callsPerUnit how many calls a unit of it is
 * @property {number} minutes the default of `--minutes`, after which it is aborted
 * @property {string} server the file of the server
 * @property {string} client the file of the client
 * @property {string} file where the result is kept
 */

/**
 * Runs one soak from the command line to the exit code.
 * @param {Plan} plan
 */
function startSoak(plan) {
  main(plan).catch(fail);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => process.exit(130));
}

/** @param {Plan} plan */
async function main({ goal, option, full, callsPerUnit, minutes: most, server, client, file }) {
  const { values } = parseArgs({
    options: {
      [option]: { type: 'string', default: String(full) },
      minutes: { type: 'string', default: String(most) },
    },
  });
  const units = Number(values[option]);
  const minutes = Number(values.minutes);
  const fewest = Math.ceil((SAMPLES * 100) / callsPerUnit);
  if (!(units >= fewest))
    throw new Error(`--${option} takes a number from ${fewest}, not ${values[option]}.`);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not ${values.minutes}.`);
  if (process.platform !== 'linux')
    throw new Error('The soak counts open files in /proc, so it runs on Linux only.');
  prepareAddon();
  const deadline = setTimeout(() => fail(new Error(`Not done after ${minutes} minutes.`)), minutes * 60_000);
  const result = await soak(server, client, Math.ceil((units * callsPerUnit) / SAMPLES));
  clearTimeout(deadline);
  print(goal, result);
  if (units >= full) keep(file, result);
  else process.stdout.write(`\nNot kept: only a run with --${option}=${full} or more is.\n`);
  if (result.checks.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** @param {Error} error */
function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

module.exports = { startSoak };
