// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { test } = require('../helpers/guarded.js');
const { nodeScript, nodeWorker, pythonScript, startWorkerProcess } = require('../helpers/worker-client.js');

const WORKERS = {
  'examples/workers/worker.js': nodeScript('examples/workers/worker.js'),
  'examples/workers/worker.py': pythonScript('examples/workers/worker.py'),
};

for (const [name, program] of Object.entries(WORKERS)) {
  describe(name, () => {
    test('the first line says which handlers there are', async (t) => {
      const worker = startWorkerProcess(t, program);
      const { type, protocol, tasks, events, features } = await worker.next();
      assert.deepEqual(
        { type, protocol, events },
        { type: 'ready', protocol: 1, events: ['app.events.notify'] },
      );
      assert.ok(tasks.includes('app.tasks.add'));
      assert.ok(features.includes('cancel') && features.includes('context'));
    });

    test('a task is answered with its result, a ping at once', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      const id = worker.task('app.tasks.add', { input: { a: 5, b: 3 } });
      assert.deepEqual(await worker.next(), { id, ok: true, result: 8 });
      worker.send({ type: 'ping', id: 999 });
      const { result: _memory, ...pong } = await worker.next();
      assert.deepEqual(pong, { id: 999, ok: true });
    });

    test('an event gives its payload back where that is wanted, and what its handler prints goes to stderr', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      const id = worker.event('app.events.notify', { payload: { user: 'Ada' }, returnPayload: true });
      assert.deepEqual(await worker.next(), { id, ok: true, result: { user: 'Ada' } });
      await worker.prints('notified:');
      const plain = worker.event('app.events.notify', { payload: { user: 'Ada' } });
      const { ok, result } = await worker.next();
      assert.deepEqual([plain, ok, result ?? null], [2, true, null]);
    });

    test('an id without a handler is a 404, and an input that a handler chokes on a 500 with its text', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      worker.task('app.tasks.none');
      const { error } = await worker.next();
      assert.deepEqual(error, { message: 'Task app.tasks.none not found', code: 'NOT_FOUND', httpCode: 404 });
      const id = worker.task('app.tasks.add');
      const failed = await worker.next();
      assert.equal(failed.id, id);
      assert.equal(failed.error.code, 'EXECUTION_ERROR');
      assert.equal(failed.error.httpCode, undefined);
      assert.match(failed.stack, /add/);
    });

    test('a cancelled task learns of it, and ends', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      const id = worker.task('app.tasks.wait', { input: { ms: 3_600_000 } });
      worker.send({ type: 'ping', id: 100 });
      assert.equal((await worker.next()).id, 100);
      worker.send({ type: 'cancel', id, reason: 'client-left' });
      assert.equal((await worker.next()).id, id);
    });

    test('lines that are not messages, unknown messages and empty lines only cause a line on stderr', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      worker.write(
        'no json\n\n[]\n7\n{"type":"of tomorrow","id":7}\n{"type":"cancel","id":123,"reason":"deadline"}\n',
      );
      const id = worker.task('app.tasks.add', { input: { a: 1, b: 1 } });
      assert.deepEqual(await worker.next(), { id, ok: true, result: 2 });
      await worker.prints('no json');
    });

    test('a shutdown lets what runs end, then the worker exits with 0', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      const id = worker.task('app.tasks.wait', { input: { ms: 50 } });
      const exited = worker.shutDown();
      assert.equal((await worker.next()).id, id);
      const { code, signal } = await exited;
      assert.deepEqual({ code, signal }, { code: 0, signal: null });
    });

    test('a million characters in and 300 calls at a time are answered, each with its own', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      const a = 'é😀\u2028'.repeat(250_000);
      const large = worker.task('app.tasks.add', { input: { a, b: 'b' } });
      assert.deepEqual(await worker.next(), { id: large, ok: true, result: `${a}b` });
      const sums = new Map();
      for (let b = 0; b < 300; b += 1) sums.set(worker.task('app.tasks.add', { input: { a: 1, b } }), b + 1);
      while (sums.size > 0) {
        const { id, result } = await worker.next();
        assert.equal(result, sums.get(id));
        sums.delete(id);
      }
    });

    test('a worker whose stdout is closed ends silently, even if stdin is open', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      worker.process.stdout.destroy();
      worker.send({ type: 'ping', id: 1 });
      const { code, stderr } = await worker.exited;
      assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
    });

    test('a server that is gone ends the worker, whatever runs', async (t) => {
      const worker = startWorkerProcess(t, program);
      await worker.next();
      worker.task('app.tasks.wait', { input: { ms: 3_600_000 } });
      worker.process.stdout.destroy();
      worker.endInput();
      const { signal, stderr } = await worker.exited;
      assert.deepEqual({ signal, stderr }, { signal: null, stderr: '' });
    });
  });
}

describe('a worker of Node', () => {
  test('SIGKILL ends it in the middle of calls', async (t) => {
    const worker = startWorkerProcess(t, nodeScript('examples/workers/worker.js'));
    await worker.next();
    worker.task('app.tasks.wait', { input: { ms: 3_600_000 } });
    worker.process.kill('SIGKILL');
    assert.equal((await worker.exited).signal, 'SIGKILL');
  });

  test('a pong says how much memory the process has', async (t) => {
    const worker = startWorkerProcess(t, nodeScript('examples/workers/worker.js'));
    await worker.next();
    worker.send({ type: 'ping', id: 1 });
    const { memoryBytes } = (await worker.next()).result;
    assert.ok(Number.isSafeInteger(memoryBytes) && memoryBytes > 1_000_000, String(memoryBytes));
  });

  test('input that ends lets results be written, so that a worker can be tried in a shell', async (t) => {
    const worker = startWorkerProcess(t, nodeScript('examples/workers/worker.js'));
    worker.task('app.tasks.add', { input: { a: 2, b: 2 } });
    worker.endInput();
    await worker.next();
    assert.equal((await worker.next()).result, 4);
    assert.equal((await worker.exited).code, 0);
  });

  test('a handler that never ends does not keep a worker alive whose server is gone', async (t) => {
    const program = nodeWorker(() => ({ tasks: { hang: () => new Promise(() => {}) } }));
    const worker = startWorkerProcess(t, program);
    await worker.next();
    worker.task('hang');
    worker.endInput();
    const { code, stderr } = await worker.exited;
    assert.equal(code, 1);
    assert.match(stderr, /the server is gone, and 1 calls did not end/);
  });

  test('a call that was cancelled before it began is not run', async (t) => {
    const worker = startWorkerProcess(t, nodeScript('examples/workers/worker.js'));
    await worker.next();
    worker.write(
      '{"type":"task","id":1,"taskId":"app.tasks.add","input":{"a":1,"b":1}}\n' +
        '{"type":"cancel","id":1,"reason":"deadline"}\n{"type":"ping","id":2}\n',
    );
    const { id, error } = await worker.next();
    assert.deepEqual({ id, code: error.code }, { id: 1, code: 'CANCELLED' });
    assert.equal((await worker.next()).id, 2);
  });

  test('onShutdown runs once, before the exit, which waits for it', async (t) => {
    const program = nodeWorker(() => ({
      tasks: { one: () => 1 },
      onShutdown: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        console.log('closed');
      },
    }));
    const worker = startWorkerProcess(t, program);
    await worker.next();
    worker.send({ type: 'shutdown' });
    const { code, stderr } = await worker.shutDown();
    assert.deepEqual({ code, stderr }, { code: 0, stderr: 'closed\n' });
  });

  test('an onShutdown that fails is an exit with 1, and said on stderr', async (t) => {
    const program = nodeWorker(() => ({
      tasks: { one: () => 1 },
      onShutdown: () => Promise.reject(new Error('no database')),
    }));
    const worker = startWorkerProcess(t, program);
    await worker.next();
    const { code, stderr } = await worker.shutDown();
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: 'runner-native worker: onShutdown has failed: no database\n' },
    );
  });
});

describe('examples/workers/plain.js', () => {
  test('twenty lines of readline and console.log are a worker', async (t) => {
    const worker = startWorkerProcess(t, nodeScript('examples/workers/plain.js'));
    const id = worker.task('app.tasks.add', { input: { a: 5, b: 3 } });
    assert.deepEqual(await worker.next(), { id, ok: true, result: 8 });
    worker.event('app.events.notify', { payload: 1 });
    assert.deepEqual(await worker.next(), { id: 2, ok: true });
    worker.task('app.tasks.add');
    assert.equal((await worker.next()).error.code, 'EXECUTION_ERROR');
    worker.send({ type: 'ping', id: 9 });
    assert.deepEqual(await worker.next(), { id: 9, ok: true });
    assert.equal((await worker.shutDown()).code, 0);
  });
});
