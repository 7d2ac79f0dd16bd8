// @ts-check
'use strict';

const { median } = require('./stats');
const { leadOf, rate } = require('./summary');

/** @typedef {import('./session').Results} Results */

const FIGURES = {
  rate,
  p50Us: (/** @type {Results['workers'][0]} */ sample) => sample.p50Us,
};

/**
 * Medians over the rounds of one case, by setup.
 * @param {Results} results
 * @param {import('../cases/workers').Case} each
 */
function summarizeWorkers(results, { name, setups }) {
  const samples = samplesOf(results, name);
  return setups.flatMap((setup) => {
    const own = samples.filter(({ peer }) => peer === setup);
    if (!own.length) return [];
    return {
      setup,
      rate: median(own.map(rate)),
      lead: leadOf(samples, setup, 'main', rate),
      cpuUs: median(own.map(({ cpuNs, requests }) => cpuNs / requests / 1000)),
      p50Us: median(own.map(({ p50Us }) => p50Us)),
      p99Us: median(own.map(({ p99Us }) => p99Us)),
    };
  });
}

/**
 * The ratio of a figure of two setups.
 * @param {Results} results
 * @param {string} caseName
 * @param {string} setup
 * @param {string} other
 * @param {keyof typeof FIGURES} figure
 */
function workerRatio(results, caseName, setup, other, figure) {
  return leadOf(samplesOf(results, caseName), setup, other, FIGURES[figure]);
}

/**
 * Medians over the rounds, by setup.
 * @param {Results} results
 */
function summarizeBlockedWorker({ blockedWorker = [] }) {
  return [...new Set(blockedWorker.map(({ peer }) => peer))].map((peer) => {
    const own = blockedWorker.filter((sample) => sample.peer === peer);
    return {
      peer,
      samples: own.reduce((sum, { samples }) => sum + samples, 0),
      p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      maxMs: Math.max(...own.map(({ maxMs }) => maxMs)),
    };
  });
}

/**
 * Results that were kept before there were workers have none.
 * @param {Results} results
 * @param {string} caseName
 */
function samplesOf({ workers = [] }, caseName) {
  return workers.filter((sample) => sample.case === caseName);
}

module.exports = { summarizeBlockedWorker, summarizeWorkers, workerRatio };
