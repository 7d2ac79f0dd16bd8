// @ts-check
'use strict';

const { leadIn, summarizeIdle, summarizeThroughput } = require('./summary');
const { summarizeTransfer } = require('./transfer-summary');
const { atLeast, atMost } = require('./verdict');
const { judgeWorkers } = require('./worker-thresholds');

/**
 * The thresholds of the server, as ratios within one run. Those whose case or peer was left out are skipped.
 * @param {import('./session').Results} results
 * @returns {import('./verdict').Verdict[]}
 */
function judge(results) {
  const small = summarizeThroughput(results, 'small-64');
  const echo = summarizeThroughput(results, 'echo-64');
  const few = summarizeThroughput(results, 'small-8');
  const single = summarizeThroughput(results, 'small-1');
  const idle = summarizeIdle(results).get('native');
  const blocked = slowestBlocked(results, 'native');
  const exposureBlocked = slowestBlocked(results, 'nativeExposure');
  const { idleConnections } = results.settings;
  const p50 = (/** @type {string} */ peer) => single.get(peer)?.p50Us;
  const cpu = (/** @type {string} */ peer) => small.get(peer)?.cpuUs;
  return [
    atLeast(
      'P1',
      'small task, 64 connections: req/s of TunnelServer against nodeExposure',
      6,
      small.get('nodeExposure')?.lead,
    ),
    atLeast(
      'P1',
      'small task, 64 connections: req/s of nativeExposure against nodeExposure',
      5,
      leadIn(results, 'small-64', 'nativeExposure', 'nodeExposure'),
    ),
    atLeast('P2', 'small task: TunnelServer against node:http by hand', 1.5, small.get('node-http')?.lead),
    atLeast('P2', 'small task: TunnelServer against fastify', 1.5, small.get('fastify')?.lead),
    atLeast('P3', 'small task: TunnelServer against Bun.serve', 1, small.get('bun')?.lead),
    atMost('P4', 'JS thread, µs per small task', 2, ' µs', small.get('native')?.jsUs),
    atMost('P5', 'CPU per small task against axum alone', 1.5, '×', ratio(cpu('native'), cpu('floor'))),
    atLeast(
      'P6',
      '10 KB echo: req/s of TunnelServer against node:http by hand',
      1.1,
      echo.get('node-http')?.lead,
    ),
    atLeast(
      'P6',
      '10 KB echo: req/s of nativeExposure against nodeExposure',
      2.4,
      leadIn(results, 'echo-64', 'nativeExposure', 'nodeExposure'),
    ),
    atMost(
      'P7',
      'one connection: p50 against nodeExposure',
      1,
      '×',
      ratio(p50('native'), p50('nodeExposure')),
    ),
    atMost('P7', 'its aim: against node:http by hand', 1, '×', ratio(p50('native'), p50('node-http'))),
    atMost('P8', `an idle connection, one of ${idleConnections}`, 2, ' KB', ratio(idle?.bytes, 1024)),
    atMost('P9', `JS thread blocked: p99 of ${blocked?.kind}, the slowest kind`, 10, ' ms', blocked?.p99Ms),
    atMost(
      'P9',
      `the same through nativeExposure: p99 of ${exposureBlocked?.kind}`,
      10,
      ' ms',
      exposureBlocked?.p99Ms,
    ),
    atLeast('P11', 'small task, 8 connections: against Bun.serve', 0.9, few.get('bun')?.lead),
    atLeast('P11', 'small task, 8 connections: against node:http by hand', 1.3, few.get('node-http')?.lead),
    ...judgeTransfers(results),
    ...judgeWorkers(results),
  ].flatMap((verdict) => verdict ?? []);
}

/**
 * The growth is that of the worst round.
 * @param {import('./session').Results} results
 */
function judgeTransfers(results) {
  const rows = summarizeTransfer(results).filter(({ peer }) => peer === 'nativeExposure');
  const grown = 'growth of resident memory through nativeExposure';
  const speed = 'MB/s of nativeExposure against nodeExposure';
  return [
    ...rows.map(({ label, mostGrownMb }) => atMost('T1', `${label}: ${grown}`, 64, ' MB', mostGrownMb)),
    ...rows.map(({ label, lead }) => atLeast('T2', `${label}: ${speed}`, 1, lead)),
  ];
}

/**
 * @param {import('./session').Results} results
 * @param {string} name
 */
function slowestBlocked(results, name) {
  const ours = results.blocked.filter(({ peer }) => peer === name);
  return ours.sort((a, b) => b.p99Ms - a.p99Ms)[0];
}

/**
 * @param {number | undefined} above
 * @param {number | undefined} below
 */
function ratio(above, below) {
  return above === undefined || below === undefined ? undefined : above / below;
}

module.exports = { judge };
