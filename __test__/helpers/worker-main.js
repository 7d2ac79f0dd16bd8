// @ts-check
'use strict';

// Run by startWorker.
const { parentPort, workerData } = require('node:worker_threads');
const { runInside } = require('./inside.js');

runInside(workerData.source, { data: workerData.data, send: (message) => parentPort?.postMessage(message) });
