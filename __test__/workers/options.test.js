// @ts-check
'use strict';

const assert = require('node:assert/strict');
const os = require('node:os');
const { describe, test } = require('node:test');
const { SHARE_ENV } = require('node:worker_threads');

const { poolConfig } = require('../../lib/workers/options.js');
const { OPTIONS } = require('../../lib/workers/spec.js');

/**
 * The problems of options that must be refused.
 *
 * @param {unknown} options
 * @returns {import('@bluelibs/runner-native').ConfigProblem[]}
 */
function problemsOf(options) {
  try {
    poolConfig(options);
  } catch (error) {
    assert.ok(error instanceof TypeError);
    assert.equal(/** @type {any} */ (error).code, 'CONFIG_INVALID');
    return /** @type {any} */ (error).problems;
  }
  assert.fail('the options were taken');
}

/** @param {import('../../lib/workers/spec').OptionSpec} spec @param {unknown} value */
function optionsWith({ path, kinds }, value) {
  const base = kinds.includes('threads') ? { script: 'a.js' } : { command: 'python3' };
  const [outer, inner] = path.split('.');
  return { ...base, [outer]: inner === undefined ? value : { [inner]: value } };
}

/** @type {[unknown, string][]} */
const NO_NUMBERS = [
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [-1, '-1'],
  [1.5, '1.5'],
  ['7', '"7"'],
  [7n, 'a bigint'],
  [null, 'null'],
  [true, 'true'],
  [[7], 'an array'],
  [{}, 'an object'],
  [() => 7, 'a function'],
  [Symbol('seven'), 'a symbol'],
];

describe('options of a pool that are numbers', () => {
  for (const spec of OPTIONS.filter(({ type }) => type === 'integer' || type === 'count')) {
    const { path, min = 0, max = 0, unit } = spec;
    test(`${path} is an integer from ${min} to ${max}`, () => {
      const limits =
        path === 'restart.maxDelayMs' ? [100, max] : [min, path === 'restart.minDelayMs' ? 10_000 : max];
      for (const value of limits) poolConfig(optionsWith(spec, value));
      const range = `an integer from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`;
      const expected = spec.type === 'count' ? `'auto' or ${range}` : range;
      for (const [value, received] of [
        ...NO_NUMBERS,
        /** @type {[unknown, string]} */ ([min - 1, String(min - 1)]),
        /** @type {[unknown, string]} */ ([max + 1, String(max + 1)]),
      ]) {
        assert.deepEqual(problemsOf(optionsWith(spec, value)), [{ path, received, expected }]);
      }
    });
  }
});

describe('options of a pool that are no numbers', () => {
  const texts = [7, null, '', 'a\0b', {}, [], () => 'a', true];
  const lists = ['a', 7, null, {}, [1], ['a\0b'], [null], () => []];
  const records = ['a', 7, null, [], { a: 1 }, { a: null }, { a: 'b\0' }, { 'a=b': 'c' }, { '': 'c' }];
  /** @type {Record<string, unknown[]>} */
  const bad = {
    script: [...texts, new URL('https://example.com/worker.js')],
    string: texts,
    strings: lists,
    env: records,
    resourceLimits: [
      'a',
      7,
      null,
      [],
      { maxHeapMb: 1 },
      { stackSizeMb: 0 },
      { stackSizeMb: Number.NaN },
      { stackSizeMb: '4' },
    ],
  };
  for (const spec of OPTIONS.filter(({ type }) => type in bad)) {
    test(`${spec.path} is refused where it is something else`, () => {
      for (const value of bad[spec.type]) {
        const paths = problemsOf(optionsWith(spec, value)).map(({ path }) => path);
        assert.ok(paths.includes(spec.path), `${spec.path}: ${String(value)}`);
      }
    });
  }

  test('script may be a file: URL', () => {
    const script = new URL('file:///srv/worker.js');
    assert.equal(poolConfig({ script }).script, script);
  });

  test('env may be SHARE_ENV, and what is undefined in it is not set', () => {
    assert.equal(poolConfig({ script: 'a.js', env: SHARE_ENV }).env, SHARE_ENV);
    const { env } = poolConfig({ script: 'a.js', env: { SET: 'yes', UNSET: undefined } });
    assert.deepEqual({ .../** @type {object} */ (env) }, { SET: 'yes' });
  });

  test('SHARE_ENV is refused for processes', () => {
    const [problem] = problemsOf({ command: 'python3', env: SHARE_ENV });
    assert.deepEqual(problem, { path: 'env', received: 'a symbol', expected: 'an object of strings' });
  });

  test('workerData is taken as it is', () => {
    const workerData = { shared: new SharedArrayBuffer(8), date: new Date(0) };
    assert.equal(poolConfig({ script: 'a.js', workerData }).workerData, workerData);
  });
});

describe('options of a pool', () => {
  for (const value of [undefined, null, 7, 'worker.js', [], () => {}]) {
    test(`${typeof value} ${String(value)} is refused`, () => {
      assert.deepEqual(
        problemsOf(value).map(({ path, expected }) => [path, expected]),
        [['options', 'an object']],
      );
    });
  }

  test('all problems are told at once', () => {
    const options = {
      command: 'a',
      script: 'b',
      processes: 0,
      restart: { maxDelayMs: 0, delay: 1 },
      size: 3,
      workerData: 1,
    };
    const paths = problemsOf(options).map(({ path }) => path);
    assert.deepEqual(paths.sort(), [
      'command',
      'processes',
      'restart.delay',
      'restart.maxDelayMs',
      'size',
      'workerData',
    ]);
  });

  test('a getter that throws is told by its path', () => {
    const restart = {
      get minDelayMs() {
        throw new Error('not now');
      },
    };
    const [problem] = problemsOf({ script: 'a.js', restart });
    assert.deepEqual(problem, {
      path: 'restart.minDelayMs',
      received: 'an error: not now',
      expected: 'a value that can be read',
    });
  });

  test('each is read once', () => {
    let reads = 0;
    const options = {
      script: 'a.js',
      get threads() {
        reads += 1;
        return reads;
      },
    };
    assert.equal(poolConfig(options).size, 1);
    assert.equal(reads, 1);
  });

  test('threads or processes are said once, and so is what they run', () => {
    assert.equal(problemsOf({ script: 'a.js', threads: 1, processes: 1 })[0].path, 'processes');
    assert.equal(problemsOf({ threads: 1 })[0].path, 'script');
    assert.equal(problemsOf({ command: 'a', threads: 1 })[0].path, 'threads');
  });

  test('a shortest delay over the longest is refused', () => {
    const [problem] = problemsOf({ script: 'a.js', restart: { minDelayMs: 20_000 } });
    assert.deepEqual(problem, {
      path: 'restart.maxDelayMs',
      received: '10000',
      expected: 'at least restart.minDelayMs (20000)',
    });
  });

  test('a command is run by processes, a script by threads unless processes are asked for', () => {
    assert.equal(poolConfig({ command: 'python3' }).kind, 'processes');
    assert.equal(poolConfig({ script: 'a.js' }).kind, 'threads');
    assert.equal(poolConfig({ script: 'a.js', processes: 2 }).kind, 'processes');
  });

  test('auto is one worker for each core but one, and at least one', () => {
    const cores = os.availableParallelism?.() ?? os.cpus().length;
    assert.equal(poolConfig({ script: 'a.js' }).size, Math.max(1, cores - 1));
    assert.equal(poolConfig({ script: 'a.js', threads: 3 }).size, 3);
  });
});
