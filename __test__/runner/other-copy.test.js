// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { plainInput, plainOutput, whySlow } = require('../../runner/json-fast-path.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { countRuns, logged, nativeExposure, peer, startNativeApp } = require('../helpers/native-app.js');
const { randomSource } = require('../helpers/random.js');
const { mixedValue } = require('../helpers/runner-values.js');

/** Runner as an application loads it that has another copy than this package. */
function otherCopy() {
  const file = require.resolve('@bluelibs/runner/node');
  const ours = require.cache[file];
  delete require.cache[file];
  try {
    return /** @type {any} */ (require('@bluelibs/runner/node'));
  } finally {
    require.cache[file] = ours;
  }
}

/**
 * Another copy of Runner, installed in a folder of its own.
 *
 * @param {import('node:test').TestContext} t
 */
function installedCopy(t) {
  const ours = require.resolve('@bluelibs/runner/node');
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'other-copy-'));
  t.after(() => fs.rmSync(root, { recursive: true }));
  const modules = ours.slice(0, ours.lastIndexOf('node_modules') + 'node_modules'.length);
  const copy = path.join(root, 'node_modules', path.relative(modules, ours));
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.copyFileSync(ours, copy);
  for (const name of ['busboy', 'cron-parser', 'lru-cache']) {
    fs.symlinkSync(path.join(modules, name), path.join(root, 'node_modules', name), 'junction');
  }
  return require(copy);
}

/** @param {import('node:test').TestContext} t @param {any} runner @param {any} [serializer] */
async function serve(t, runner, serializer) {
  const { globals, r, run } = runner;
  /** @type {any[]} */
  const logs = [];
  const keeper = r
    .resource('test.keeper')
    .dependencies({ logger: globals.resources.logger })
    .init(async (/** @type {void} */ _config, /** @type {any} */ { logger }) =>
      logger.onLog((/** @type {any} */ log) => logs.push(log)),
    )
    .build();
  const echo = r
    .task('test.tasks.echo')
    .run(async (/** @type {unknown} */ input) => input)
    .build();
  const where = r
    .task('test.tasks.where')
    .run(async () => {
      const { method, url, req } = runner.useExposureContext();
      return [method, url.pathname, req.url];
    })
    .build();
  const http = { listen: { port: 0 }, auth: { allowAnonymous: true }, dangerouslyAllowOpenExposure: true };
  const exposure = nativeExposure.with({ http });
  const override = serializer && r.resource('test.override').overrides([serializer]).build();
  const app = r
    .resource('test.app')
    .register([keeper, echo, where, exposure, ...(override ? [override] : [])])
    .build();
  const options = { shutdownHooks: false, errorBoundary: false, logs: { printThreshold: null } };
  const runtime = await run(app, options);
  t.after(() => runtime.dispose());
  const { port } = runtime.getResourceValue(nativeExposure.id).server.address();
  return { logs, port, serializer: runtime.getResourceValue(globals.resources.serializer) };
}

test('another copy of Runner writes and reads plain JSON as fast', async () => {
  const { Serializer } = otherCopy();
  assert.notEqual(Serializer, peer.Serializer);
  const serializer = new Serializer();
  const write = plainOutput(serializer);
  assert.equal(plainInput(serializer)(), true);
  assert.equal(whySlow(serializer), undefined);
  const random = randomSource(11);
  let written = 0;
  for (let count = 0; count < 2_000; count += 1) {
    const value = mixedValue(random);
    const text = write(value);
    if (text === undefined) continue;
    written += 1;
    assert.equal(`{"ok":true,"result":${text}}`, serializer.stringify({ ok: true, result: value }));
  }
  assert.ok(written > 250, `${written} of them were written`);
});

test('an application with another copy of Runner keeps the fast path, and its log says what does not work', async (t) => {
  const { logs, port, serializer } = await serve(t, otherCopy());
  const runs = countRuns(serializer);
  const before = runs();
  assert.equal((await callTask(port, 'test.tasks.echo', { a: [1] })).text, '{"ok":true,"result":{"a":[1]}}');
  assert.equal(runs(), before);
  assert.deepEqual(logged(logs, 'node.exposure.fast-path'), []);
  const [{ level, context }] = logged(logs, 'node.exposure.peer');
  assert.equal(level, 'info');
  assert.match(
    context.reason,
    /another copy .* cannot be found, so that its useExposureContext\(\) finds no request, /,
  );
  assert.equal((await callTask(port, 'test.tasks.where')).status, 500);
});

test('useExposureContext() of another copy that is installed finds the request', async (t) => {
  const { logs, port } = await serve(t, installedCopy(t));
  const path = '/__runner/task/test.tasks.where';
  assert.deepEqual((await callTask(port, 'test.tasks.where')).json.result, ['POST', path, path]);
  const [{ level, context }] = logged(logs, 'node.exposure.peer');
  assert.equal(level, 'info');
  assert.match(context.reason, /another copy .*: input files are not instances of its NodeInputFile$/);
});

test('nodeExposure serves such an application as that of its own copy', async (t) => {
  process.env.RUNNER_NATIVE = 'off';
  t.after(() => delete process.env.RUNNER_NATIVE);
  const { port } = await serve(t, installedCopy(t));
  const path = '/__runner/task/test.tasks.where';
  assert.deepEqual((await callTask(port, 'test.tasks.where')).json.result, ['POST', path, path]);
});

test('an application logs once why its plain JSON goes through its serializer', async (t) => {
  class Own extends /** @type {any} */ (peer).Serializer {}
  for (const [make, reason] of /** @type {[() => any, RegExp][]} */ ([
    [() => new Own(), /not that of Runner 5\.5$/],
    [() => new /** @type {any} */ (peer).Serializer({ pretty: true }), /set up, or changed/],
    [() => new /** @type {any} */ (peer).Serializer({ maxDepth: 10 }), /reads 10 levels, fewer than 1000$/],
    [() => Object.assign(new peer.Serializer(), { stringify: JSON.stringify }), /replaces .* stringify$/],
    [() => Object.assign(new peer.Serializer(), { parse: JSON.parse }), /replaces .* parse$/],
  ])) {
    const resource = peer.r
      .resource(peer.globals.resources.serializer.id)
      .init(async () => make())
      .build();
    const { logs, port } = await serve(t, peer, resource);
    assert.deepEqual((await callTask(port, 'test.tasks.echo', { a: 1 })).json, {
      ok: true,
      result: { a: 1 },
    });
    const [{ level, context }, ...more] = logged(logs, 'node.exposure.fast-path');
    assert.deepEqual([level, context.enabled, more.length], ['info', false, 0]);
    assert.match(context.reason, reason);
  }
});

test('an application that uses the fast path logs nothing', async (t) => {
  const { logs } = await startNativeApp(t, []);
  assert.deepEqual([...logged(logs, 'node.exposure.fast-path'), ...logged(logs, 'node.exposure.peer')], []);
});

test('a class that does not behave like Runner’s serializer is not recognised as it', async () => {
  const { Serializer } = otherCopy();
  const { jsonStringify } = Serializer.prototype;
  Serializer.prototype.jsonStringify = /** @this {any} */ function (/** @type {any} */ value) {
    return jsonStringify.call(this, value).replace('deep', 'changed');
  };
  assert.match(String(whySlow(new Serializer())), /not that of Runner 5\.5$/);
});
