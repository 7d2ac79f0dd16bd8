// @ts-check
'use strict';

const { median, slope } = require('../lib/stats');

const MB = 2 ** 20;
const GROWTH_BYTES = 8 * MB;
const GROWTH_SHARE = 0.05;

/**
 * @typedef {{ calls: number, rss: number, heapUsed: number, external: number, files: number }} Sample
 * @typedef {{ what: string, figure: string, goal: string, ok: boolean }} Check
 */

/**
 * The first quarter of the samples is the warm-up. Memory must not differ between the second and the last quarter by
 * more than 8 MB or 5 %, whichever is more.
 * @param {Sample[]} samples
 * @returns {Check[]}
 */
function judgeMemory(samples) {
  const quarter = Math.floor(samples.length / 4);
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  const steady = samples.slice(quarter);
  return /** @type {const} */ (['rss', 'heapUsed', 'external']).map((key) => {
    const before = median(early.map((sample) => sample[key]));
    const after = median(late.map((sample) => sample[key]));
    const allowed = Math.max(GROWTH_BYTES, before * GROWTH_SHARE);
    const perMillion = slope(steady.map((sample) => [sample.calls, sample[key]])) * 1e6;
    return {
      what: `${key}: last quarter against second`,
      figure: `${mb(before)} → ${mb(after)} MB, ${mb(perMillion)} MB per million calls`,
      goal: `≤ ${mb(allowed)} MB more`,
      ok: after - before <= allowed,
    };
  });
}

/**
 * Checks that after the last connection no more is open or pending than before the first.
 * @param {string} what
 * @param {Record<string, number>} before
 * @param {Record<string, number>} after
 * @returns {Check}
 */
function judgeLeftovers(what, before, after) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const more = [...names].filter((name) => (after[name] ?? 0) > (before[name] ?? 0));
  const show = (/** @type {Record<string, number>} */ counts) =>
    [...names].map((name) => `${counts[name] ?? 0} ${name}`).join(', ');
  return {
    what,
    figure: `${show(before)} → ${show(after)}`,
    goal: 'no more than before',
    ok: more.length === 0,
  };
}

/** @param {number} bytes */
function mb(bytes) {
  return (bytes / MB).toFixed(1);
}

module.exports = { judgeLeftovers, judgeMemory, mb };
