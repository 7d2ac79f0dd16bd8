// @ts-check
'use strict';

const { CASES } = require('../cases/throughput');
const { judge } = require('./thresholds');
const { listPeers } = require('./peers');
const { summarizeIdle, summarizeThroughput } = require('./summary');
const { CPU_PER_MB, summarizeTransfer } = require('./transfer-summary');
const { workerTables } = require('./worker-report');

const peers = listPeers();
const label = (/** @type {string} */ name) => peers.find((peer) => peer.name === name)?.label ?? name;
const runsJavaScript = (/** @type {string} */ name) => peers.find((peer) => peer.name === name)?.javascript;
const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US');

/**
 * The tables of a run, in reading order.
 * @param {import('./session').Results} results
 * @returns {import('./table').Table[]}
 */
function tables(results) {
  const made = CASES.map((each) => throughputTable(results, each));
  made.push(idleTable(results), blockedTable(results), transferTable(results));
  made.push(...workerTables(results), verdictTable(results));
  return made.filter(({ rows }) => rows.length);
}

/**
 * One line per server, with the main figures: the table of the README.
 * @param {import('./session').Results} results
 * @returns {import('./table').Table}
 */
function overview(results) {
  const [small, echo, single] = ['small-64', 'echo-64', 'small-1'].map((name) =>
    summarizeThroughput(results, name),
  );
  const idle = summarizeIdle(results);
  const cell = (/** @type {number | undefined} */ value, /** @type {(value: number) => string} */ show) =>
    value === undefined ? '' : show(value);
  const tenth = (/** @type {number} */ value) => value.toFixed(1);
  const rows = results.settings.peers.map((peer) => [
    label(peer),
    cell(small.get(peer)?.rate, whole),
    cell(small.get(peer)?.cpuUs, tenth),
    runsJavaScript(peer) ? cell(small.get(peer)?.jsUs, tenth) : '–',
    cell(single.get(peer)?.p50Us, whole),
    cell(echo.get(peer)?.rate, whole),
    cell(echo.get(peer)?.cpuUs, tenth),
    cell(idle.get(peer)?.bytes, (bytes) => tenth(bytes / 1024)),
  ]);
  const head = [
    ...['Server', 'small task, req/s', 'CPU µs/req', 'JS thread µs/req', 'p50 µs, 1 connection'],
    ...['10 KB echo, req/s', 'CPU µs/req', 'idle connection, KB'],
  ];
  return { title: 'Overview', head, rows, leftColumns: 1 };
}

/**
 * @param {import('./session').Results} results
 * @param {import('../cases/throughput').Case} each
 */
function throughputTable(results, each) {
  const rows = [...summarizeThroughput(results, each.name).values()].map((row) => [
    label(row.peer),
    whole(row.rate),
    `${whole(row.rateRange[0])}–${whole(row.rateRange[1])}`,
    Number.isNaN(row.lead) ? '' : `${row.lead.toFixed(2)}×`,
    row.cpuUs.toFixed(1),
    runsJavaScript(row.peer) ? row.jsUs.toFixed(1) : '–',
    whole(row.p50Us),
    whole(row.p99Us),
    row.residentMb.toFixed(0),
  ]);
  const head = [
    'Server',
    'req/s',
    'slowest–fastest',
    'runner-native is',
    'CPU µs/req',
    'JS thread µs/req',
    'p50 µs',
    'p99 µs',
    'MB',
  ];
  return { title: each.label, head, rows, leftColumns: 1 };
}

/** @param {import('./session').Results} results */
function idleTable(results) {
  const rows = [...summarizeIdle(results).values()].map(({ peer, bytes, beforeMb, afterMb }) => [
    label(peer),
    (bytes / 1024).toFixed(2),
    beforeMb.toFixed(1),
    afterMb.toFixed(1),
  ]);
  const title = `Idle keep-alive connections, ${whole(results.settings.idleConnections)} of them`;
  return { title, head: ['Server', 'KB each', 'MB before', 'MB with them'], rows, leftColumns: 1 };
}

/** @param {import('./session').Results} results */
function blockedTable(results) {
  const rows = results.blocked.map(({ peer, kind, samples, p50Ms, p99Ms, maxMs }) => [
    label(peer),
    kind,
    String(samples),
    ...[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(2)),
  ]);
  const head = ['Server', 'Response', 'samples', 'p50 ms', 'p99 ms', 'max ms'];
  return {
    title: 'JS thread blocked for 1 s: responses that need no JavaScript',
    head,
    rows,
    leftColumns: 2,
  };
}

/** @param {import('./session').Results} results */
function transferTable(results) {
  const rows = summarizeTransfer(results).map((row) => [
    row.label,
    label(row.peer),
    whole(row.speed),
    `${whole(row.speedRange[0])}–${whole(row.speedRange[1])}`,
    Number.isNaN(row.lead) ? '' : `${row.lead.toFixed(2)}×`,
    ...[row.cpuMs, row.jsMs, row.beforeMb, row.grownMb, row.mostGrownMb].map((value) => value.toFixed(1)),
  ]);
  const head = [
    ...['Transfer', 'Server', 'MB/s', 'slowest–fastest', 'of nodeExposure'],
    ...[`CPU ms per ${CPU_PER_MB} MB`, 'JS thread ms', 'MB after warm-up', 'growth, MB', 'most'],
  ];
  return { title: 'One large stream through a Runner application', head, rows, leftColumns: 2 };
}

/** @param {import('./session').Results} results */
function verdictTable(results) {
  const rows = judge(results).map(({ id, what, threshold, figure, met }) => [
    ...[id, what, threshold, figure, met ? 'met' : 'missed'],
  ]);
  return { title: 'Thresholds', head: ['#', 'What', 'Threshold', 'Figure', 'Verdict'], rows, leftColumns: 5 };
}

/**
 * A paragraph on the machine and the versions of a run.
 * @param {import('./session').Results} results
 */
function provenance({ date, machine, versions, settings }) {
  return (
    `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}. ` +
    `runner-native ${versions['runner-native']} (${versions.commit}), Node ${versions.node}, Bun ${versions.bun}, ` +
    `fastify ${versions.fastify}, @bluelibs/runner ${versions['@bluelibs/runner']}, axum ${versions.axum}, ` +
    `rustc ${versions.rustc}; load by ${versions.load} on the same machine. ` +
    `Medians of ${settings.rounds} rounds of ${settings.seconds} s, servers in turn.`
  );
}

module.exports = { label, overview, provenance, tables };
