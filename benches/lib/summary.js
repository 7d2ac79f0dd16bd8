// @ts-check
'use strict';

const { median } = require('./stats');

/**
 * Medians over the rounds of one case and peer.
 * @typedef {object} Row
 * @property {string} peer
 * @property {number} rate requests per second
 * @property {[number, number]} rateRange the slowest and the fastest round
 * @property {number} lead the rate of the bare server in multiples of this peer's
 * @property {number} cpuUs of the whole process, per request
 * @property {number} jsUs of the main thread, per request
 * @property {number} p50Us
 * @property {number} p99Us
 * @property {number} residentMb
 */

const rate = (/** @type {{ requests: number, seconds: number }} */ { requests, seconds }) =>
  requests / seconds;

/**
 * @param {import('./session').Results} results
 * @param {string} caseName
 * @returns {Map<string, Row>}
 */
function summarizeThroughput(results, caseName) {
  const samples = results.throughput.filter((sample) => sample.case === caseName);
  const rows = new Map();
  for (const peer of results.settings.peers) {
    const own = samples.filter((sample) => sample.peer === peer);
    if (!own.length) continue;
    const rates = own.map(rate);
    rows.set(peer, {
      peer,
      rate: median(rates),
      rateRange: [Math.min(...rates), Math.max(...rates)],
      lead: leadOf(samples, 'native', peer, rate),
      cpuUs: median(own.map(({ processNs, requests }) => processNs / requests / 1000)),
      jsUs: median(own.map(({ mainThreadNs, requests }) => mainThreadNs / requests / 1000)),
      p50Us: median(own.map(({ p50Us }) => p50Us)),
      p99Us: median(own.map(({ p99Us }) => p99Us)),
      residentMb: median(own.map(({ residentKb }) => residentKb / 1024)),
    });
  }
  return rows;
}

/**
 * @param {import('./session').Results} results
 * @returns {Map<string, { peer: string, bytes: number, beforeMb: number, afterMb: number }>}
 */
function summarizeIdle(results) {
  const rows = new Map();
  for (const peer of results.settings.peers) {
    const own = results.idle.filter((sample) => sample.peer === peer);
    if (!own.length) continue;
    rows.set(peer, {
      peer,
      bytes: median(own.map(({ bytesPerConnection }) => bytesPerConnection)),
      beforeMb: median(own.map(({ beforeKb }) => beforeKb / 1024)),
      afterMb: median(own.map(({ afterKb }) => afterKb / 1024)),
    });
  }
  return rows;
}

/**
 * The ratio of the rates of two peers.
 * @param {import('./session').Results} results
 * @param {string} caseName
 * @param {string} peer
 * @param {string} other
 */
function leadIn(results, caseName, peer, other) {
  const samples = results.throughput.filter((sample) => sample.case === caseName);
  return leadOf(samples, peer, other, rate);
}

/**
 * The median of the ratios within each round, whose measurements are seconds apart, so that a machine that slows down
 * halfway does not distort it.
 * @template {{ peer: string, round: number }} Sample
 * @param {Sample[]} samples
 * @param {string} peer
 * @param {string} other
 * @param {(sample: Sample) => number} figure
 */
function leadOf(samples, peer, other, figure) {
  const leads = samples.flatMap((sample) => {
    if (sample.peer !== other) return [];
    const same = samples.find(({ peer: name, round }) => name === peer && round === sample.round);
    return same ? [figure(same) / figure(sample)] : [];
  });
  return median(leads);
}

/** @typedef {import('./session').Results} Results */

module.exports = { leadIn, leadOf, rate, summarizeIdle, summarizeThroughput };
