// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { test } = require('../helpers/guarded.js');
const { nodeWorker, startWorkerProcess } = require('../helpers/worker-client.js');

const REQUEST = {
  requestId: 'r-1',
  context: {
    method: 'POST',
    path: '/__runner/task/look?x=1',
    remoteAddress: '127.0.0.1',
    remotePort: 50_000,
    headers: { accept: '*/*', cookie: 'a=1; b=2' },
  },
};

/**
 * @param {import('node:test').TestContext} t
 * @param {() => import('../../worker').WorkerOptions} options
 */
async function start(t, options) {
  const worker = startWorkerProcess(t, nodeWorker(options));
  await worker.next();
  return worker;
}

describe('a handler in a worker process', () => {
  test('sees the request as on the main thread', async (t) => {
    const worker = await start(t, () => ({
      tasks: {
        look: (
          _,
          { id, kind, requestId, headers, method, path, remoteAddress, remotePort, returnPayload, body },
        ) => ({
          id,
          kind,
          requestId,
          headers,
          method,
          path,
          remoteAddress,
          remotePort,
          returnPayload,
          hasBody: body !== undefined,
        }),
      },
    }));
    worker.task('look', REQUEST);
    const { result } = await worker.next();
    const { headers, ...rest } = REQUEST.context;
    assert.deepEqual(result, {
      id: 'look',
      kind: 'task',
      requestId: 'r-1',
      ...rest,
      headers: { ...headers, 'x-runner-request-id': 'r-1' },
      returnPayload: false,
      hasBody: false,
    });
  });

  test('prints to stderr by whatever means of JavaScript, and breaks no line of the protocol', async (t) => {
    const worker = await start(t, () => {
      const { log } = console;
      // An empty line, which is ignored; the console holds its stream from here on.
      log();
      return {
        tasks: {
          print: () => {
            console.log('by console');
            log('by a console from before');
            process.stdout.write('by write\n');
            require('node:stream').Readable.from(['by ', 'a ', 'pipe\n']).pipe(process.stdout);
            return new Promise((resolve) => process.stdout.end('by end\n', () => resolve('printed')));
          },
        },
      };
    });
    for (let round = 0; round < 2; round += 1) {
      const id = worker.task('print');
      assert.deepEqual(await worker.next(), { id, ok: true, result: 'printed' });
    }
    for (const means of ['by console', 'by a console from before', 'by write', 'by end', 'by a pipe']) {
      await worker.prints(`${means}\n`);
    }
  });

  test('tells the client of typed errors alone, whatever it throws', async (t) => {
    const worker = await start(t, () => {
      const { TunnelError } = require('@bluelibs/runner-native/worker');
      return {
        tasks: {
          typed: () => {
            throw new TunnelError({
              message: 'No user',
              code: 'NO_USER',
              httpCode: 404,
              data: { id: 7 },
              id: 'errors.user',
            });
          },
          statusless: async () => {
            throw new TunnelError({ message: 'Sorry', code: 'SORRY' });
          },
          cyclic: () => {
            const data = /** @type {any} */ ({});
            data.self = data;
            throw new TunnelError({ message: 'Cyclic', httpCode: 400, data });
          },
          plain: () => {
            throw new Error('password=1234');
          },
          nothing: () => Promise.reject(undefined),
          hostile: () => {
            throw new Proxy(
              {},
              {
                get: () => {
                  throw new Error('no look');
                },
              },
            );
          },
        },
      };
    });
    const errors = [];
    for (const id of ['typed', 'statusless', 'cyclic', 'plain', 'nothing', 'hostile']) {
      worker.task(id);
      const { ok, error } = await worker.next();
      assert.equal(ok, false, id);
      errors.push(error);
    }
    const [typed, statusless, ...untyped] = errors;
    assert.deepEqual(typed, {
      message: 'No user',
      code: 'NO_USER',
      id: 'errors.user',
      data: { id: 7 },
      httpCode: 404,
    });
    assert.deepEqual(statusless, { message: 'Sorry', code: 'SORRY', httpCode: 500 });
    for (const { code, httpCode } of untyped) {
      assert.deepEqual({ code, httpCode }, { code: 'EXECUTION_ERROR', httpCode: undefined });
    }
    assert.match(untyped[0].message, /^Cyclic \(cannot be sent: /);
    assert.equal(untyped[1].message, 'password=1234');
  });

  test('whose result is not JSON fails, and one without a result says so', async (t) => {
    const worker = await start(t, () => ({
      tasks: {
        bigint: () => 1n,
        function: () => () => {},
        cycle: () => {
          const value = /** @type {any} */ ([]);
          value.push(value);
          return value;
        },
        nothing: () => undefined,
      },
    }));
    for (const id of ['bigint', 'function', 'cycle']) {
      worker.task(id);
      assert.equal((await worker.next()).ok, false, id);
    }
    const id = worker.task('nothing');
    assert.equal(await worker.nextLine(), `{"id":${id},"ok":true}`);
  });

  test('a signal aborts with the reason why the server does not wait', async (t) => {
    const worker = await start(t, () => ({
      tasks: {
        wait: (_, { signal }) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => resolve(/** @type {any} */ (signal).reason.name)),
          ),
      },
    }));
    for (const [reason, name] of [
      ['client-left', 'AbortError'],
      ['deadline', 'TimeoutError'],
    ]) {
      const id = worker.task('wait');
      worker.send({ type: 'ping', id: 1000 + id });
      await worker.next();
      worker.send({ type: 'cancel', id, reason });
      assert.deepEqual(await worker.next(), { id, ok: true, result: name });
    }
  });

  test('keys by which a client could reach a prototype are left out where the server has seen some', async (t) => {
    const worker = await start(t, () => ({ tasks: { keys: (input) => Object.keys(input) } }));
    worker.write(
      '{"type":"task","id":1,"taskId":"keys","unsafeKeys":true,"input":{"__proto__":{"admin":true},"a":1}}\n',
    );
    assert.deepEqual((await worker.next()).result, ['a']);
  });

  test('what one call enters into an AsyncLocalStorage is not seen by the next in the same read', async (t) => {
    const worker = await start(t, () => {
      const { AsyncLocalStorage } = require('node:async_hooks');
      const storage = new AsyncLocalStorage();
      storage.enterWith('outer');
      return {
        tasks: {
          enter: () => {
            const before = storage.getStore();
            storage.enterWith('inner');
            return before;
          },
        },
      };
    });
    worker.write('{"type":"task","id":1,"taskId":"enter"}\n{"type":"task","id":2,"taskId":"enter"}\n');
    assert.equal((await worker.next()).result, 'outer');
    assert.equal((await worker.next()).result, 'outer');
  });

  test('calls whose promises settle in one turn are answered in one write', async (t) => {
    const worker = await start(t, () => ({ tasks: { soon: async () => 'x'.repeat(100) } }));
    const lines = Array.from({ length: 50 }, (_, id) => `{"type":"task","id":${id + 1},"taskId":"soon"}\n`);
    /** @type {Promise<Buffer>} */
    const piece = new Promise((resolve) => worker.process.stdout.once('data', resolve));
    worker.write(lines.join(''));
    assert.equal(String(await piece).split('\n').length, 51);
  });
});
