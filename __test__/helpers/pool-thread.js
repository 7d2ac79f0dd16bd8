// @ts-check
'use strict';

// What the threads of startThreads run.
const { BroadcastChannel, workerData } = require('node:worker_threads');
const { TunnelWorker } = require('../../index.js');
const { runInside } = require('./inside.js');

const channel = new BroadcastChannel(workerData.channel);
/** @type {any} */ (channel).unref();

runInside(workerData.source, {
  data: workerData.data,
  send: (message) => channel.postMessage(message),
  worker: TunnelWorker.current(),
});
