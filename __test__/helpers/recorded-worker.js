// @ts-check
'use strict';

// A worker of recordedPool, as a thread and as a process: appends the number of each call that it starts to a file, which
// outlives the worker.

const fs = require('node:fs');
const { workerData } = require('node:worker_threads');
const { TunnelWorker } = require('../../index.js');
const { serveWorker } = require('../../worker/index.js');

const file = fs.openSync(TunnelWorker.isWorker ? workerData : process.argv[2], 'a');

/** @type {Record<string, (input: any) => unknown>} */
const tasks = {
  record: async (number) => {
    fs.writeSync(file, `${number}\n`);
    await new Promise(setImmediate);
    return number;
  },
  exit: () => process.exit(1),
};

if (TunnelWorker.isWorker) {
  const worker = TunnelWorker.current();
  for (const [id, task] of Object.entries(tasks)) worker.registerTask(id, task);
  worker.ready();
} else {
  serveWorker({ tasks });
}
