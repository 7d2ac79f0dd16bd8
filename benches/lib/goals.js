// @ts-check
'use strict';

const { summarizeIdle, summarizeThroughput } = require('./summary');

/**
 * What the server is to reach, as ratios within one run. Goals whose case or peer was left out are not judged.
 * @typedef {{ id: string, what: string, goal: string, figure: string, met: boolean }} Verdict
 * @param {import('./session').Results} results
 * @returns {Verdict[]}
 */
function judge(results) {
  const small = summarizeThroughput(results, 'small-64');
  const echo = summarizeThroughput(results, 'echo-64');
  const single = summarizeThroughput(results, 'small-1');
  const idle = summarizeIdle(results).get('native');
  const slowest = slowestBlocked(results);
  const { idleConnections } = results.settings;
  const p50 = (/** @type {string} */ peer) => single.get(peer)?.p50Us;
  const cpu = (/** @type {string} */ peer) => small.get(peer)?.cpuUs;
  return [
    atLeast(
      'P1',
      'small task, 64 connections: req/s against nodeExposure',
      6,
      small.get('nodeExposure')?.lead,
    ),
    atLeast('P2', 'the same against node:http by hand', 1.5, small.get('node-http')?.lead),
    atLeast('P2', 'the same against fastify', 1.5, small.get('fastify')?.lead),
    atLeast('P3', 'the same against Bun.serve', 1, small.get('bun')?.lead),
    atMost('P4', 'JS thread, µs per small task', 2, ' µs', small.get('native')?.jsUs),
    atMost('P5', 'CPU per small task against axum alone', 1.5, '×', ratio(cpu('native'), cpu('floor'))),
    atLeast('P6', '10 KB echo: req/s against node:http by hand', 1.1, echo.get('node-http')?.lead),
    atMost(
      'P7',
      'one connection: p50 against nodeExposure',
      1,
      '×',
      ratio(p50('native'), p50('nodeExposure')),
    ),
    atMost('P7', 'its aim: against node:http by hand', 1, '×', ratio(p50('native'), p50('node-http'))),
    atMost('P8', `an idle connection, one of ${idleConnections}`, 2, ' KB', ratio(idle?.bytes, 1024)),
    atMost('P9', `JS thread blocked: p99 of ${slowest?.kind}, the slowest kind`, 10, ' ms', slowest?.p99Ms),
  ].flatMap((verdict) => verdict ?? []);
}

/** @param {import('./session').Results} results */
function slowestBlocked(results) {
  const ours = results.blocked.filter(({ peer }) => peer === 'native');
  return ours.sort((a, b) => b.p99Ms - a.p99Ms)[0];
}

/**
 * @param {number | undefined} above
 * @param {number | undefined} below
 */
function ratio(above, below) {
  return above === undefined || below === undefined ? undefined : above / below;
}

/**
 * @param {string} id
 * @param {string} what
 * @param {number} least
 * @param {number | undefined} figure
 * @returns {Verdict | undefined}
 */
function atLeast(id, what, least, figure) {
  if (figure === undefined || Number.isNaN(figure)) return undefined;
  return { id, what, goal: `≥ ${least}×`, figure: `${figure.toFixed(2)}×`, met: figure >= least };
}

/**
 * @param {string} id
 * @param {string} what
 * @param {number} most
 * @param {string} unit
 * @param {number | undefined} figure
 * @returns {Verdict | undefined}
 */
function atMost(id, what, most, unit, figure) {
  if (figure === undefined || Number.isNaN(figure)) return undefined;
  return { id, what, goal: `≤ ${most}${unit}`, figure: `${figure.toFixed(2)}${unit}`, met: figure <= most };
}

module.exports = { judge };
