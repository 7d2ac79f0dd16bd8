// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { startServer } = require('../helpers/server.js');

test('five servers with the same ids each run interleaved calls with their own handlers', async (t) => {
  /** @type {{ port: number }[]} */
  const servers = [];
  for (let own = 0; own < 5; own += 1) {
    const started = await startServer(t, { ioThreads: (own % 2) + 1 }, (server) => {
      server.registerTask('who', async (/** @type {number} */ input) => [own, input]);
      server.registerEvent('who', (/** @type {{ by: number }} */ payload) => {
        payload.by = own;
      });
    });
    servers.push(started);
  }
  const calls = Array.from({ length: 400 }, async (_, i) => {
    const own = i % servers.length;
    const { port } = servers[own];
    const task = await callTask(port, 'who', i);
    assert.deepEqual(task.json, { ok: true, result: [own, i] });
    const event = await callEvent(port, 'who', { payload: { i }, returnPayload: true });
    assert.deepEqual(event.json, { ok: true, result: { i, by: own } });
  });
  await Promise.all(calls);
});

test('servers in one process keep their own options', async (t) => {
  const strict = await startProbed(t, {
    auth: { token: 'secret' },
    basePath: '/api',
    limits: { maxJsonBytes: 20 },
  });
  const open = await startProbed(t);
  const path = '/api/task/echo';
  const input = 'longer than twenty bytes';
  assert.equal((await callTask(strict.port, 'echo', 1, { path })).status, 401);
  const headers = { 'x-runner-token': 'secret' };
  assert.equal((await callTask(strict.port, 'echo', 1, { path, headers })).status, 200);
  assert.equal((await callTask(strict.port, 'echo', input, { path, headers })).status, 413);
  assert.equal((await callTask(open.port, 'echo', input, { path })).status, 404);
  assert.deepEqual((await callTask(open.port, 'echo', input)).json, { ok: true, result: input });
});

test('closing one server leaves the others serving', async (t) => {
  const first = await startProbed(t);
  const second = await startProbed(t);
  const third = await startProbed(t);
  await second.server.close();
  await assert.rejects(callTask(second.port, 'ping'), { code: 'ECONNREFUSED' });
  await assertServes(first.port);
  await assertServes(third.port);
});

test('a handler of one server can call another server of the same process, and itself', async (t) => {
  const inner = await startProbed(t);
  const outer = await startProbed(t, {}, (server) => {
    server.registerTask('both', async (/** @type {string} */ input) => [
      (await callTask(inner.port, 'echo', `${input} inner`)).json.result,
      (await callTask(server.address().port, 'echo', `${input} own`)).json.result,
    ]);
  });
  const response = await callTask(outer.port, 'both', 'to');
  assert.deepEqual(response.json, { ok: true, result: ['to inner', 'to own'] });
});
