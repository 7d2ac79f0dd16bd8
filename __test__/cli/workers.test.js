// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe } = require('node:test');

const { folderOf, runCli, scriptOf } = require('../helpers/cli.js');
const { test } = require('../helpers/guarded.js');

const SCRIPT = 'examples/workers/worker.js';

/** @param {{ url: string }} ready @param {string} id @param {unknown} [input] */
async function call({ url }, id, input) {
  const body = JSON.stringify({ input });
  const response = await fetch(`${url}/__runner/task/${id}`, { method: 'POST', body });
  return /** @type {any} */ (await response.json()).result;
}

/** A script whose task says which version of it runs, and where. */
const versioned = (/** @type {number} */ version) =>
  scriptOf(`{ tasks: { version: () => ({ version: ${version}, pid: process.pid }) } }`);

for (const [kind, args, description] of /** @type {[string, string[], string][]} */ ([
  ['threads', [SCRIPT, '--threads', '2'], '2 threads of worker.js'],
  ['processes', [SCRIPT, '--workers', '2'], '2 processes of worker.js'],
  [
    'a command',
    ['--command', 'python3 examples/workers/worker.py', '--workers', '1'],
    '1 process of python3 examples/workers/worker.py',
  ],
  [
    'a command that announces nothing',
    [
      '--command',
      `'${process.execPath}' examples/workers/plain.js`,
      '--workers=1',
      '--task',
      'app.tasks.add',
    ],
    `1 process of ${process.execPath} examples/workers/plain.js`,
  ],
])) {
  test(`serve runs the tasks of ${kind}, and SIGTERM ends it with 0`, async (t) => {
    const cli = runCli(t, ['serve', ...args, '--port', '0']);
    const ready = await cli.logged('cli.ready');
    assert.equal(ready.workers, description);
    assert.ok(ready.tasks.includes('app.tasks.add'));
    assert.equal(await call(ready, 'app.tasks.add', { a: 5, b: 3 }), 8);
    cli.kill('SIGTERM');
    assert.equal((await cli.exited).code, 0);
  });
}

describe('workers of serve', () => {
  test('SIGHUP replaces them by ones that run the new script', async (t) => {
    const cwd = folderOf(t, { 'worker.js': versioned(1) });
    const cli = runCli(t, ['serve', 'worker.js', '--workers', '1', '--port', '0'], { cwd });
    const ready = await cli.logged('cli.ready');
    assert.equal((await call(ready, 'version')).version, 1);
    fs.writeFileSync(path.join(cwd, 'worker.js'), versioned(2));
    cli.kill('SIGHUP');
    assert.deepEqual(await cli.logged('cli.reloaded'), { reason: 'SIGHUP' });
    assert.equal((await call(ready, 'version')).version, 2);
  });

  test('--watch replaces them when a file in the folder changes', async (t) => {
    const cwd = folderOf(t, { 'worker.js': versioned(1) });
    const cli = runCli(t, ['serve', 'worker.js', '--threads', '1', '--port', '0', '--watch'], { cwd });
    const ready = await cli.logged('cli.ready');
    fs.writeFileSync(path.join(cwd, 'worker.js'), versioned(2));
    assert.deepEqual(await cli.logged('cli.reloaded'), { reason: 'watch' });
    assert.equal((await call(ready, 'version')).version, 2);
  });

  test('one that is killed is replaced, and the log says so', async (t) => {
    const cwd = folderOf(t, { 'worker.js': versioned(1) });
    const cli = runCli(t, ['serve', 'worker.js', '--workers', '1', '--port', '0'], { cwd });
    const ready = await cli.logged('cli.ready');
    const { pid } = await call(ready, 'version');
    process.kill(pid, 'SIGKILL');
    await cli.logged('node.exposure.worker.replaced');
    const next = await call(ready, 'version');
    assert.notEqual(next.pid, pid);
  });

  for (const flag of ['--threads', '--workers']) {
    test(`${flag}: the options of the script hold, and its onShutdown runs before the command ends`, async (t) => {
      const cwd = folderOf(t, {
        'worker.js': scriptOf(`{
          maxInFlight: 2,
          tasks: { count: async () => {
            globalThis.running = (globalThis.running ?? 0) + 1;
            const seen = globalThis.running;
            for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            globalThis.running -= 1;
            return seen;
          } },
          onShutdown: () => require('node:fs').writeFileSync('closed', ''),
        }`),
      });
      const cli = runCli(t, ['serve', 'worker.js', flag, '1', '--port', '0'], { cwd });
      const ready = await cli.logged('cli.ready');
      const counts = await Promise.all(Array.from({ length: 10 }, () => call(ready, 'count')));
      assert.equal(Math.max(...counts), 2);
      cli.kill('SIGTERM');
      assert.equal((await cli.exited).code, 0);
      assert.ok(fs.existsSync(path.join(cwd, 'closed')));
    });
  }

  test('that cannot start are an exit with 1 that says why', async (t) => {
    const cwd = folderOf(t, { 'worker.js': `throw new Error('no database');` });
    const args = ['serve', 'worker.js', '--workers', '1', '--restart-max-failures', '0', '--port', '0'];
    const cli = runCli(t, args, { cwd });
    assert.equal((await cli.exited).code, 1);
    assert.match((await cli.logged('cli.workers.error')).error, /exit code 1/);
  });
});
