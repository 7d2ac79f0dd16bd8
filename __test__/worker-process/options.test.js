// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe } = require('node:test');

const { serveWorker } = require('@bluelibs/runner-native/worker');
const { test } = require('../helpers/guarded.js');
const { nodeWorker, startWorkerProcess } = require('../helpers/worker-client.js');

/** @param {any} options @returns {string[]} the lines of the error, one for each problem */
function problems(options) {
  try {
    serveWorker(options);
  } catch (error) {
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.problems.map(
      (/** @type {any} */ { path, received, expected }) => `${path}: ${received}, ${expected}`,
    );
  }
  throw new Error('the options were accepted');
}

const handler = () => 1;

describe('serveWorker', () => {
  test('options that are no object are refused', async () => {
    for (const options of [undefined, null, 7, 'tasks', [], handler]) {
      assert.equal(problems(options).length, 1, String(options));
    }
  });

  test('a worker without a handler is refused', async () => {
    for (const options of [{}, { tasks: {} }, { tasks: {}, events: {} }]) {
      assert.deepEqual(problems(options), ['tasks: no handler, and none in events, a handler at least']);
    }
  });

  test('one error lists every problem, with its path', async () => {
    const options = {
      tasks: { '': handler, none: null, text: 'x', deep: { handler, timeoutMs: 0, parallel: true } },
      events: {
        '\ud800': handler,
        event: { handler, parallel: 1, idempotent: 'yes', timeoutMs: Number.NaN },
      },
      maxInFlight: 0,
      onShutdown: true,
      port: 7070,
    };
    assert.deepEqual(problems(options), [
      'port: an unknown option, one of: tasks, events, maxInFlight, onShutdown',
      'maxInFlight: 0, an integer from 1 to 65536',
      'onShutdown: true, a function',
      'tasks[""]: "", a non-empty id of whole characters',
      'tasks["none"]: null, a function, or an object with a function `handler`',
      'tasks["text"]: "x", a function, or an object with a function `handler`',
      'tasks["deep"].parallel: an unknown option, one of: handler, timeoutMs, idempotent',
      'tasks["deep"].timeoutMs: 0, an integer from 1 to 2147483647 (milliseconds)',
      'events["\\ud800"]: "\\ud800", a non-empty id of whole characters',
      'events["event"].timeoutMs: NaN, an integer from 1 to 2147483647 (milliseconds)',
      'events["event"].idempotent: "yes", true or false',
      'events["event"].parallel: 1, true or false',
    ]);
  });

  test('every number that is no count of calls is refused', async () => {
    for (const maxInFlight of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '8', null, 8n, 65_537]) {
      const [problem, ...others] = problems({ tasks: { handler }, maxInFlight });
      assert.match(problem, /^maxInFlight: .+, an integer from 1 to 65536$/);
      assert.deepEqual(others, []);
    }
  });

  test('an option whose getter throws is refused, and one is read once', async () => {
    const hostile = {
      get tasks() {
        throw new Error('not today');
      },
    };
    assert.deepEqual(problems(hostile), ['tasks: an error: not today, a value that can be read']);
    let reads = 0;
    const counted = {
      tasks: { handler },
      get maxInFlight() {
        reads += 1;
        return 0;
      },
    };
    problems(counted);
    assert.equal(reads, 1);
  });

  test('the ready line carries the options of handlers, and how many calls the worker takes', async (t) => {
    const program = nodeWorker(() => ({
      tasks: { plain: () => 1, slow: { handler: () => 1, timeoutMs: 50, idempotent: true } },
      events: { both: { handler: () => {}, parallel: true } },
      maxInFlight: 3,
    }));
    const { tasks, events, maxInFlight } = await startWorkerProcess(t, program).next();
    assert.deepEqual(tasks, ['plain', { id: 'slow', timeoutMs: 50, idempotent: true }]);
    assert.deepEqual(events, [{ id: 'both', parallel: true }]);
    assert.equal(maxInFlight, 3);
  });

  test('a process is a worker once', async (t) => {
    const program = nodeWorker(() => {
      setImmediate(() => {
        try {
          require('@bluelibs/runner-native/worker').serveWorker({ tasks: { two: () => 2 } });
        } catch ({ code }) {
          console.log(code);
        }
      });
      return { tasks: { one: () => 1 } };
    });
    const worker = startWorkerProcess(t, program);
    await worker.next();
    await worker.prints('STATE_INVALID');
  });
});
