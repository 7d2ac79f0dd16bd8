// @ts-check
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');

const SCRIPT = path.join(__dirname, '../../examples/workers/thread.js');
const MAX_GROWTH_BYTES = 40_000_000;

test('two hundred starts and ends of threads leave no memory, file or thread behind', async (t) => {
  const child = startChild(
    t,
    async ({ makeServer, callTask, openFiles, threads, data, send }) => {
      const server = makeServer();
      const { port } = await server.listen();
      const use = async (/** @type {number} */ count) => {
        for (let i = 0; i < count; i += 1) {
          const pool = await server.startWorkers({ script: data, threads: 1 });
          await callTask(port, 'primes.count', { upTo: 100 });
          await pool.close();
        }
        return { bytes: process.memoryUsage().rss, files: openFiles(), threads: threads() };
      };
      send([await use(50), await use(200)]);
      await server.close();
    },
    SCRIPT,
  );
  const [before, after] = await child.next();
  t.diagnostic(JSON.stringify({ before, after }));
  assert.ok(after.bytes - before.bytes < MAX_GROWTH_BYTES, `grew by ${after.bytes - before.bytes} bytes`);
  assert.ok(after.files <= before.files + 2);
  assert.ok(after.threads <= before.threads + 2);
});
