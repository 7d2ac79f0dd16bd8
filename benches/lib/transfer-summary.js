// @ts-check
'use strict';

const { median } = require('./stats');
const { leadOf } = require('./summary');
const { KINDS } = require('./transfer');

/**
 * Medians over the rounds of one transfer and peer.
 * @typedef {object} TransferRow
 * @property {string} label what was transferred
 * @property {string} peer
 * @property {number} speed MB/s
 * @property {[number, number]} speedRange the slowest and the fastest round
 * @property {number} lead how many times the speed of nodeExposure it is
 * @property {number} cpuMs of the whole process, for 64 MB
 * @property {number} jsMs of the main thread, for 64 MB
 * @property {number} beforeMb resident memory after the warm-up
 * @property {number} grownMb by how much it grew at its peak
 * @property {number} mostGrownMb the same in the worst round
 */

const CPU_PER_MB = 64;

/**
 * @param {import('./session').Results} results
 * @returns {TransferRow[]} all peers of a transfer, then those of the next
 */
function summarizeTransfer(results) {
  // Older results have no transfers.
  const all = results.transfer ?? [];
  return KINDS.flatMap(({ name, label }) => {
    const samples = all.filter(({ kind }) => kind === name);
    return results.settings.peers.flatMap((peer) => {
      const own = samples.filter((sample) => sample.peer === peer);
      return own.length ? [summarize(`${own[0].megabytes} MB ${label}`, peer, own, samples)] : [];
    });
  });
}

/**
 * @typedef {import('./session').Results['transfer']} Samples
 * @param {string} label
 * @param {string} peer
 * @param {Samples} own
 * @param {Samples} samples of all peers
 * @returns {TransferRow}
 */
function summarize(label, peer, own, samples) {
  const speed = (/** @type {Samples[0]} */ { megabytes, seconds }) => megabytes / seconds;
  const cpu = (/** @type {Samples[0]} */ { megabytes }, /** @type {number} */ ns) =>
    (ns / 1e6 / megabytes) * CPU_PER_MB;
  const speeds = own.map(speed);
  const grown = own.map(({ beforeKb, peakKb }) => (peakKb - beforeKb) / 1024);
  return {
    label,
    peer,
    speed: median(speeds),
    speedRange: [Math.min(...speeds), Math.max(...speeds)],
    lead: leadOf(samples, peer, 'nodeExposure', speed),
    cpuMs: median(own.map((sample) => cpu(sample, sample.processNs))),
    jsMs: median(own.map((sample) => cpu(sample, sample.mainThreadNs))),
    beforeMb: median(own.map(({ beforeKb }) => beforeKb / 1024)),
    grownMb: median(grown),
    mostGrownMb: Math.max(...grown),
  };
}

module.exports = { CPU_PER_MB, summarizeTransfer };
