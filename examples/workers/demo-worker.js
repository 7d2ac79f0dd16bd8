// @ts-check
'use strict';

// The worker of examples/workers.js, as a thread and as a process.

const { setTimeout: wait } = require('node:timers/promises');
const { TunnelWorker } = require('@bluelibs/runner-native');
const { serveWorker } = require('@bluelibs/runner-native/worker');

/** @type {Record<string, (input: any) => unknown>} */
const tasks = {
  'demo.add': async ({ a, b }) => {
    await wait(5);
    return a + b;
  },
  'demo.block': ({ ms }) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  },
  'demo.exit': () => process.exit(1),
};

if (TunnelWorker.isWorker) {
  const worker = TunnelWorker.current();
  for (const [id, task] of Object.entries(tasks)) worker.registerTask(id, task);
  worker.ready();
} else {
  serveWorker({ tasks });
}
