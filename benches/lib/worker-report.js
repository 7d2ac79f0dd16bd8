// @ts-check
'use strict';

const { CASES } = require('../cases/workers');
const { BLOCK_MS, EVERY_MS } = require('../servers/blocking');
const { SETUPS } = require('./worker-setups');
const { summarizeBlockedWorker, summarizeWorkers } = require('./worker-summary');

const label = (/** @type {string} */ name) => SETUPS.find((setup) => setup.name === name)?.label ?? name;
const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US');

/**
 * @param {import('./session').Results} results
 * @returns {import('./table').Table[]}
 */
function workerTables(results) {
  return [...CASES.map((each) => loadTable(results, each)), blockedTable(results)];
}

/**
 * @param {import('./session').Results} results
 * @param {import('../cases/workers').Case} each
 */
function loadTable(results, each) {
  const rows = summarizeWorkers(results, each).map(({ setup, rate, lead, cpuUs, p50Us, p99Us }) => [
    label(setup),
    whole(rate),
    `${lead.toFixed(2)}×`,
    cpuUs.toFixed(1),
    whole(p50Us),
    whole(p99Us),
  ]);
  const head = ['Handlers in', 'req/s', 'of main thread', 'CPU µs/req', 'p50 µs', 'p99 µs'];
  return { title: each.label, head, rows, leftColumns: 1 };
}

/** @param {import('./session').Results} results */
function blockedTable(results) {
  const rows = summarizeBlockedWorker(results).map(({ peer, samples, p50Ms, p99Ms, maxMs }) => [
    label(peer),
    String(samples),
    ...[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(2)),
  ]);
  const head = ['Handlers in', 'samples', 'p50 ms', 'p99 ms', 'max ms'];
  const title = `Workers: small tasks while one of two blocks ${BLOCK_MS} ms in every ${EVERY_MS}`;
  return { title, head, rows, leftColumns: 1 };
}

module.exports = { workerTables };
