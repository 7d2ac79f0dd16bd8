// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');

const SCRIPT = path.join(__dirname, '../../examples/workers/thread.js');

test('a process lives while its pool starts before it listens, and ends once its server is closed', async (t) => {
  const child = startChild(
    t,
    async ({ makeServer, data }) => {
      process.disconnect();
      const server = makeServer();
      await server.startWorkers({ script: data, threads: 1 });
      const { port } = await server.listen();
      console.log(port);
      await server.close();
      console.log('closed');
    },
    SCRIPT,
  );
  const { code, stdout } = await child.exited;
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\nclosed\n$/);
});

test('a process whose server listens with a pool ends once that is not to keep it alive', async (t) => {
  const child = startChild(
    t,
    async ({ makeServer, data }) => {
      process.disconnect();
      const server = makeServer();
      await server.listen();
      await server.startWorkers({ script: data, threads: 2 });
      server.unref();
    },
    SCRIPT,
  );
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
});

test('process.exit of the main thread ends the process while threads run calls', async (t) => {
  const child = startChild(
    t,
    async ({ makeServer, callTask: callIt, data }) => {
      const server = makeServer();
      const { port } = await server.listen();
      await server.startWorkers({ script: data, threads: 2 });
      for (let i = 0; i < 4; i += 1) callIt(port, 'primes.count', { upTo: 1e9 }).catch(() => {});
      await callIt(port, 'thread.id', null).catch(() => {});
      process.exit(13);
    },
    SCRIPT,
  );
  const { code, signal, stderr } = await child.exited;
  assert.deepEqual({ code, signal, stderr }, { code: 13, signal: null, stderr: '' });
});

/** A server that uses up its file descriptors when it is told to, and gives them back. */
const HUNGRY = `
const fs = require('node:fs');
const { TunnelServer } = require(${JSON.stringify(require.resolve('@bluelibs/runner-native'))});
const server = new TunnelServer({ port: 0 });
const files = [];
(async () => {
  const { port } = await server.listen();
  try {
    for (;;) files.push(fs.openSync('/dev/null'));
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
  const options = { script: ${JSON.stringify(SCRIPT)}, threads: 1 };
  const failed = await server.startWorkers(options).catch((error) => error);
  for (const file of files) fs.closeSync(file);
  console.log(failed.code);
  await server.startWorkers(options);
  console.log(port);
})();
`;

if (process.platform !== 'win32')
  test('out of file descriptors, a start fails; once there are some again, a further one does not', async (t) => {
    const child = spawn('sh', ['-c', 'ulimit -n 100 && exec "$0" -e "$1"', process.execPath, HUNGRY]);
    t.after(() => child.kill());
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value;
    assert.equal(await next(), 'WORKER_START_FAILED');
    const port = Number(await next());
    assert.equal((await callTask(port, 'primes.count', { upTo: 10 })).json.result, 4);
  });
