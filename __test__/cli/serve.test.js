// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');

const { folderOf, runCli, scriptOf } = require('../helpers/cli.js');
const { test } = require('../helpers/guarded.js');

const EXAMPLE = 'examples/workers/worker.js';

/** @param {{ url: string }} ready @param {string} id @param {unknown} [input] @param {Record<string, string>} [headers] */
async function call({ url }, id, input, headers) {
  const response = await fetch(`${url}/__runner/task/${id}`, {
    method: 'POST',
    body: JSON.stringify({ input }),
    headers,
  });
  return { status: response.status, body: /** @type {any} */ (await response.json()) };
}

test('serve serves the tasks of a script over HTTP, and SIGTERM ends it with 0', async (t) => {
  const cli = runCli(t, ['serve', EXAMPLE, '--port', '0']);
  const ready = await cli.logged('cli.ready');
  assert.ok(ready.tasks.includes('app.tasks.add'));
  assert.deepEqual(ready.events, ['app.events.notify']);
  assert.deepEqual(await call(ready, 'app.tasks.add', { a: 5, b: 3 }), {
    status: 200,
    body: { ok: true, result: 8 },
  });
  cli.kill('SIGTERM');
  assert.deepEqual(await cli.logged('cli.closing'), { signal: 'SIGTERM', timeoutMs: 10_000 });
  assert.equal((await cli.exited).code, 0);
});

test('a call that runs may finish after SIGINT, and onShutdown runs after it', async (t) => {
  const cwd = folderOf(t, {
    'worker.js': scriptOf(`{
      tasks: { slow: async () => {
        console.log('started');
        process.once('SIGINT', () => setImmediate(finish));
        await new Promise((resolve) => { globalThis.finish = resolve; });
        return 'finished';
      } },
      onShutdown: () => console.log('shut down'),
    }`),
  });
  const cli = runCli(t, ['serve', 'worker.js', '--port=0'], { cwd });
  const called = call(await cli.logged('cli.ready'), 'slow');
  await cli.prints(/started/);
  cli.kill('SIGINT');
  assert.deepEqual((await called).body, { ok: true, result: 'finished' });
  const { code, stdout } = await cli.exited;
  assert.equal(code, 0);
  assert.match(stdout, /cli\.closing[\s\S]*shut down/);
});

test('a second signal ends the process at once, with a code of its own', async (t) => {
  const cwd = folderOf(t, {
    'worker.js': scriptOf(
      `{ tasks: { hang: () => { console.log('started'); return new Promise(() => {}); } } }`,
    ),
  });
  for (const [signal, code] of /** @type {[NodeJS.Signals, number][]} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    const cli = runCli(t, ['serve', 'worker.js', '--port=0', '--close-timeout-ms=3600000'], { cwd });
    const called = call(await cli.logged('cli.ready'), 'hang').catch(() => {});
    await cli.prints(/started/);
    cli.kill(signal);
    await cli.logged('cli.closing');
    cli.kill(signal);
    assert.equal((await cli.exited).code, code);
    await called;
  }
});

test('the options of a script hold: maxInFlight bounds its calls, timeoutMs ends them', async (t) => {
  const cwd = folderOf(t, {
    'worker.mjs': `
      import { createRequire } from 'node:module';
      let running = 0;
      ${scriptOf(`{
        maxInFlight: 2,
        tasks: {
          count: async () => {
            running += 1;
            const seen = running;
            for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            return seen;
          },
          hang: { handler: () => new Promise(() => {}), timeoutMs: 20 },
        },
      }`).replace('require', 'createRequire(import.meta.url)')}`,
  });
  const cli = runCli(t, ['serve', 'worker.mjs', '--port', '0'], { cwd });
  const ready = await cli.logged('cli.ready');
  const counts = await Promise.all(Array.from({ length: 10 }, () => call(ready, 'count')));
  assert.deepEqual(Math.max(...counts.map(({ body }) => body.result)), 2);
  assert.equal((await call(ready, 'hang')).status, 504);
});

test('a failed task is logged as JSON with its stack, and its client learns nothing', async (t) => {
  const cwd = folderOf(t, {
    'worker.js': scriptOf(`{ tasks: { fail: () => { throw new Error('secret'); } } }`),
  });
  const cli = runCli(t, ['serve', 'worker.js', '--port', '0'], { cwd });
  const { status, body } = await call(await cli.logged('cli.ready'), 'fail');
  assert.deepEqual({ status, message: body.error.message }, { status: 500, message: 'Internal Error' });
  const { error, stack, id } = await cli.logged('exposure.task.error');
  assert.deepEqual({ error, id }, { error: 'secret', id: 'fail' });
  assert.match(stack, /worker\.js/);
});

test('--log pretty draws a table, and lines that a person can read', async (t) => {
  const cwd = folderOf(t, {
    'worker.js': scriptOf(`{ tasks: { fail: () => { throw new Error('two words'); } } }`),
  });
  const cli = runCli(t, ['serve', 'worker.js', '--port', '0', '--log', 'pretty'], { cwd });
  await cli.prints(/stop {5}Ctrl-C; running calls may finish for up to 10 s\n/);
  const url = /address {2}(http:\S+)/.exec(cli.stdout())?.[1] ?? '';
  assert.match(
    cli.stdout(),
    /workers {2}none: worker\.js runs in this process\n {2}tasks {4}fail\n {2}events {3}none\n/,
  );
  await call({ url }, 'fail');
  await cli.prints(
    /^\d\d:\d\d:\d\d error exposure\.task\.error error="two words" requestId=\S+ id=fail\n {4}at /m,
  );
});

test('a script that fails, and one that registers nothing, is an exit with 1 that says so', async (t) => {
  const cwd = folderOf(t, {
    'throws.js': `throw new Error('no database');`,
    'silent.js': '',
    'wrong.js': scriptOf(`{ tasks: { '': 1 } }`),
  });
  for (const [script, error] of [
    ['throws.js', /^no database$/],
    ['silent.js', /^The script has not called serveWorker before it ended$/],
    ['wrong.js', /^serveWorker: invalid options\n/],
  ]) {
    const cli = runCli(t, ['serve', String(script), '--port', '0'], { cwd });
    const { code } = await cli.exited;
    assert.equal(code, 1, String(script));
    assert.match((await cli.logged('cli.script.error')).error, /** @type {RegExp} */ (error));
  }
});

test('an address that is taken is an exit with 3', async (t) => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (taken.address());
  const cli = runCli(t, ['serve', EXAMPLE, '--port', String(port)]);
  assert.equal((await cli.exited).code, 3);
  assert.equal((await cli.logged('cli.listen.error')).code, 'EADDRINUSE');
});
