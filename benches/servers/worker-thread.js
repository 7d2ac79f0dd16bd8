// @ts-check
'use strict';

const { workerData } = require('node:worker_threads');
const { TunnelWorker } = require('../..');
const { blockHalfOfTheTime } = require('./blocking');
const { tasks } = require('./tasks');

const worker = TunnelWorker.current();
for (const [id, task] of Object.entries(tasks)) worker.registerTask(id, task);
worker.ready();
if (workerData === 'blocks') blockHalfOfTheTime();
