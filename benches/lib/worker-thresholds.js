// @ts-check
'use strict';

const { atLeast, atMost } = require('./verdict');
const { summarizeBlockedWorker, workerRatio } = require('./worker-summary');

/** @param {import('./session').Results} results */
function judgeWorkers(results) {
  const small = 'small task, 64 connections';
  const burn = 'task of 0.2 ms of CPU';
  const against = (/** @type {string} */ caseName, /** @type {string} */ setup, other = 'main') =>
    workerRatio(results, caseName, setup, other, 'rate');
  const blocked = summarizeBlockedWorker(results).find(({ peer }) => peer === 'threads-2');
  return [
    atLeast('W2', `${burn}: 2 threads against the main thread`, 1.8, against('workers-burn', 'threads-2')),
    atLeast('W2', `${burn}: 2 processes against it`, 1.7, against('workers-burn', 'processes-2')),
    atLeast('W3', `${small}: 1 thread against the main thread`, 0.92, against('workers-small', 'threads-1')),
    atLeast('W3', `${small}: 2 threads against it`, 0.88, against('workers-small', 'threads-2')),
    atLeast('W3', `${small}: 1 process against it`, 0.65, against('workers-small', 'processes-1')),
    atMost(
      'W3',
      'one connection: p50 of 1 process against the main thread',
      1.2,
      '×',
      workerRatio(results, 'workers-single', 'processes-1', 'main', 'p50Us'),
    ),
    atMost('W4', 'one of two threads blocked: p99 of small tasks', 8, ' ms', blocked?.p99Ms),
    ...['threads-2', 'processes-2'].flatMap((setup) => [
      atLeast(
        'W8',
        `${small}: ${setup.replace('-2', '')}, 2 each, against node:cluster`,
        1.5,
        against('workers-small', setup, 'cluster-2'),
      ),
      atLeast(
        'W8',
        `${burn}: ${setup.replace('-2', '')}, 2 each, against node:cluster`,
        1,
        against('workers-burn', setup, 'cluster-2'),
      ),
    ]),
  ];
}

module.exports = { judgeWorkers };
