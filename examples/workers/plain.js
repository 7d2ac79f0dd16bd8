// @ts-check
'use strict';

// A minimal worker without this package: it reads lines of JSON from stdin and writes lines of JSON to stdout. It does not
// announce its ids, so its pool has to list them.

const { createInterface } = require('node:readline');

/** @type {Record<string, (input: any) => unknown>} */
const tasks = { 'app.tasks.add': ({ a, b }) => a + b };

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { type, id, taskId, input } = JSON.parse(line);
  if (type === 'shutdown') {
    process.stdin.unref(); // The process ends after the tasks that run.
    return;
  }
  try {
    const result = type === 'task' ? await tasks[taskId](input) : undefined;
    console.log(JSON.stringify({ id, ok: true, result }));
  } catch ({ message }) {
    console.log(JSON.stringify({ id, ok: false, error: { message, code: 'EXECUTION_ERROR' } }));
  }
});
