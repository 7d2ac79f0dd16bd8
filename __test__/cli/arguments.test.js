// @ts-check
'use strict';

const assert = require('node:assert/strict');

const { OPTIONS } = require('../../lib/workers/spec.js');
const { version } = require('../../package.json');
const { folderOf, runCli, scriptOf } = require('../helpers/cli.js');
const { test } = require('../helpers/guarded.js');

const POOL_KEYS = [...new Set(OPTIONS.map(({ path }) => path.split('.')[0]))];

const WORKER = { 'worker.js': scriptOf('{ tasks: { one: () => 1 } }') };

/**
 * The problems that a command reports, without the place of the folder.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, files?: Record<string, string> }} [options]
 */
async function problems(t, args, { env, files = {} } = {}) {
  const cwd = folderOf(t, { ...WORKER, ...files });
  const { code, stdout, stderr } = await runCli(t, ['serve', ...args], { env, cwd }).exited;
  assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
  const [head, ...lines] = stderr.trimEnd().split('\n');
  assert.equal(lines.pop(), 'Run runner-native serve --help for all options.');
  assert.match(head, new RegExp(`^runner-native: ${lines.length} problems?$`));
  return lines.map((line) => line.trim());
}

test('all problems of arguments, variables and the file are reported at once, each with its place', async (t) => {
  const reported = await problems(
    t,
    ['nowhere.js', '--prot=1', '--port', '70700', '--log', 'xml', '--max-json-bytes=x'],
    {
      env: { RUNNER_NATIVE_MAX_FILES: '-1', RUNNER_NATIVE_HOTS: 'a', RUNNER_NATIVE_ALLOW_ANONYMOUS: 'yes' },
      files: {
        'runner-native.json':
          '{"basePath":7,"limits":{"maxConnections":0},"loging":true,"closeTimeoutMs":-1}',
      },
    },
  );
  assert.deepEqual(reported, [
    '--prot: received an unknown option, expected --port',
    'RUNNER_NATIVE_HOTS: received an unknown variable, expected one that --help lists',
    '--log: received "xml", expected json or pretty',
    'runner-native.json: closeTimeoutMs: received -1, expected an integer from 0 to 2147483647 (milliseconds)',
    'SCRIPT: received "nowhere.js", expected the path of a script that exists',
    ...reported.slice(5),
  ]);
  assert.match(reported.join('\n'), /loging: .*, limits, script, log, closeTimeoutMs, watch, pool$/m);
  const rest = reported.slice(5).map((line) => line.replace(/, expected .*/, ''));
  assert.deepEqual(rest.sort(), [
    '--max-json-bytes: received "x"',
    '--port: received 70700',
    'RUNNER_NATIVE_ALLOW_ANONYMOUS: received "yes"',
    'RUNNER_NATIVE_MAX_FILES: received -1',
    'runner-native.json: basePath: received 7',
    'runner-native.json: limits.maxConnections: received 0',
    'runner-native.json: loging: received an unknown option',
  ]);
});

test('a value that is missing or looks like an option, one that a flag does not take, and a second script are problems', async (t) => {
  assert.deepEqual(await problems(t, ['worker.js', 'other.js', '--port']), [
    '--port: received nothing, expected a value',
  ]);
  assert.deepEqual(await problems(t, ['worker.js', 'other.js', '--host', '--port=1']), [
    '--host: received "--port=1", expected a value; one that begins with a dash as --host=--port=1',
  ]);
  assert.deepEqual(await problems(t, ['worker.js', '--disable-discovery=no']), [
    '--disable-discovery: received "no", expected no value; --no-disable-discovery turns it off',
  ]);
  assert.deepEqual(await problems(t, ['worker.js', 'other.js']), [
    'other.js: received another argument, expected one script',
  ]);
  assert.deepEqual(await problems(t, []), [
    'script: received undefined, expected the path of a script that exists',
  ]);
});

test('options of workers are checked with the others, and are refused where there are no workers', async (t) => {
  assert.deepEqual(
    await problems(t, ['worker.js', '--threads=2', '--workers=0', '--max-calls=x', '--port=-1']),
    [
      '--workers: received 0, expected threads or processes, not both',
      '--threads: received 2, expected nothing: the workers of this pool are processes',
      "--workers: received 0, expected 'auto' or an integer from 1 to 1024",
      '--max-calls: received "x", expected an integer from 1 to 1099511627776 (calls)',
      '--port: received -1, expected an integer from 0 to 65535 (0 takes a free port)',
    ],
  );
  assert.deepEqual(await problems(t, ['worker.js', '--max-in-flight=2', '--watch']), [
    '--max-in-flight: received 2, expected workers: --threads, --workers or --command',
    '--watch: received true, expected workers: --threads, --workers or --command',
  ]);
  assert.deepEqual(await problems(t, ['worker.js', '--command', 'node worker.js']), [
    'SCRIPT: received "worker.js", expected a script or a command, not both',
  ]);
  assert.deepEqual(await problems(t, ['--command', "node 'worker.js"]), [
    '--command: received "node \'worker.js", expected the words of a command, with every quote closed',
  ]);
  const files = { 'runner-native.json': '{"pool":{"script":"a.js","threads":1,"sped":1}}' };
  assert.deepEqual(await problems(t, ['worker.js'], { files }), [
    'runner-native.json: pool.script: received "a.js", expected nothing: `script` names it',
    `runner-native.json: pool.sped: received an unknown option, expected one of: ${POOL_KEYS.join(', ')}`,
  ]);
});

test('a configuration file that is missing, no JSON or no object, or has a logger, is a problem', async (t) => {
  const [missing] = await problems(t, ['worker.js', '--config', 'none.json']);
  assert.match(missing, /^none\.json: received ENOENT.*, expected a readable JSON file$/);
  const [broken] = await problems(t, ['worker.js'], { files: { 'runner-native.json': '{' } });
  assert.match(broken, /^runner-native\.json: received .*JSON.*, expected a readable JSON file$/);
  const [logger] = await problems(t, ['worker.js'], { files: { 'runner-native.json': '{"logger":{}}' } });
  assert.equal(
    logger,
    'runner-native.json: logger: received an object, expected nothing: the log goes to stdout',
  );
  const [list] = await problems(t, ['worker.js'], { files: { 'runner-native.json': '[]' } });
  assert.equal(list, 'runner-native.json: received an array, expected an object of options');
});

test('arguments override variables, which override the file', async (t) => {
  const files = {
    ...WORKER,
    'runner-native.json': JSON.stringify({
      script: 'worker.js',
      port: 0,
      basePath: '/file',
      auth: { token: 'of-file', header: 'x-file' },
    }),
  };
  /** @type {[args: string[], env: Record<string, string>, path: string, header: string, token: string][]} */
  const cases = [
    [[], {}, '/file', 'x-file', 'of-file'],
    [[], { RUNNER_NATIVE_BASE_PATH: '/env', RUNNER_NATIVE_TOKEN: 'a,b' }, '/env', 'x-file', 'b'],
    [
      ['--base-path', '/flag', '--token=c', '--token=d', '--token-header', 'x-flag'],
      { RUNNER_NATIVE_BASE_PATH: '/env', RUNNER_NATIVE_TOKEN: 'a,b', RUNNER_NATIVE_TOKEN_HEADER: '' },
      '/flag',
      'x-flag',
      'd',
    ],
  ];
  for (const [args, env, path, header, token] of cases) {
    const cli = runCli(t, ['serve', ...args], { env, cwd: folderOf(t, files) });
    const { url } = await cli.logged('cli.ready');
    const response = await fetch(`${url}${path}/task/one`, { method: 'POST', headers: { [header]: token } });
    assert.equal(await response.text(), '{"ok":true,"result":1}', path);
    cli.kill('SIGTERM');
    await cli.exited;
  }
});

test('a file that --config or a variable names is read in place of runner-native.json', async (t) => {
  const files = {
    ...WORKER,
    'runner-native.json': '{"port":-1}',
    'other.json': '{"port":0,"script":"worker.js"}',
  };
  for (const [args, env] of /** @type {[string[], Record<string, string>][]} */ ([
    [['--config', 'other.json'], {}],
    [[], { RUNNER_NATIVE_CONFIG: 'other.json' }],
  ])) {
    const cli = runCli(t, ['serve', ...args], { env, cwd: folderOf(t, files) });
    await cli.logged('cli.ready');
  }
});

test('a boolean can be turned off again, and every list takes one value or more', async (t) => {
  const files = { ...WORKER, 'runner-native.json': '{"disableDiscovery":true,"port":0}' };
  const args = [
    'worker.js',
    '--no-disable-discovery',
    '--allow-task',
    'one',
    '--cors-origin',
    'https://a.example',
  ];
  const cli = runCli(t, ['serve', ...args], { cwd: folderOf(t, files) });
  const { url } = await cli.logged('cli.ready');
  const response = await fetch(`${url}/__runner/discovery`, { headers: { origin: 'https://a.example' } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('access-control-allow-origin'), 'https://a.example');
});

test('--version prints the version, --help the help, and without a command the usage is an error', async (t) => {
  assert.deepEqual(await runCli(t, ['--version']).exited, { code: 0, stdout: `${version}\n`, stderr: '' });
  assert.deepEqual(await runCli(t, ['serve', '-V']).exited, { code: 0, stdout: `${version}\n`, stderr: '' });
  const help = await runCli(t, ['--help']).exited;
  assert.deepEqual([help.code, help.stderr], [0, '']);
  for (const [args, received] of /** @type {[string[], string][]} */ ([
    [[], 'no command'],
    [['work'], 'an unknown command: work'],
  ])) {
    const { code, stdout, stderr } = await runCli(t, args).exited;
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 2, stdout: '', stderr: `runner-native: ${received}\n\n${help.stdout}` },
    );
  }
});
