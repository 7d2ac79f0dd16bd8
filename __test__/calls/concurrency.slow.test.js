// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callEvent, callTask, keepAliveAgent } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const CALLS = 10_000;
const CONNECTIONS = 100;
const ALPHABET = 'abc "\\\u0000\u00e9\u20ac\u{1f600}\u2028';

/**
 * Random numbers below 1, the same ones in every run.
 *
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * A unique text for call number `i`: mostly small, some of up to 1 MB.
 *
 * @param {number} i
 * @param {() => number} random
 */
function textFor(i, random) {
  const most = i % 400 === 0 ? 1_000_000 : i % 20 === 0 ? 20_000 : 60;
  const unit = Array.from(
    { length: 7 },
    () => [...ALPHABET][Math.floor(random() * ALPHABET.length)] ?? '-',
  ).join('');
  const length = Math.floor((random() * most) / unit.length);
  return i % 50 === 1 ? '' : unit.repeat(length);
}

/**
 * Registers handlers that return at once, in the next microtask, and later in another order than they were called.
 *
 * @param {any} server
 */
function registerMixed(server) {
  const echo = (/** @type {any} */ input) => ({ i: input.i, text: input.text });
  server.registerTask('sync', echo);
  server.registerTask('async', async (/** @type {any} */ input) => echo(input));
  server.registerEvent('event', (/** @type {any} */ payload) => echo(payload));

  /** @type {(() => void)[]} */
  let held = [];
  const letGo = () => {
    const last = held.reverse();
    held = [];
    for (const resolve of last) resolve();
  };
  server.registerTask('late', async (/** @type {any} */ input) => {
    const turn = new Promise((resolve) => held.push(() => resolve(undefined)));
    // The seventh call completes all, the last one first; without a seventh, the next turn of the loop does.
    if (held.length === 7) letGo();
    else setImmediate(letGo);
    await turn;
    return echo(input);
  });
}

const KINDS = ['sync', 'async', 'late', 'event'];

for (const ioThreads of [1, 4]) {
  test(`10,000 mixed calls over 100 connections each get their own response, with ${ioThreads} I/O threads`, async (t) => {
    // A text of 1 MB may take six times as much in JSON.
    const limits = { maxJsonBytes: 8_000_000 };
    const { port } = await startProbed(t, { ioThreads, limits }, registerMixed);
    const agent = keepAliveAgent(t, CONNECTIONS);
    const random = randomFrom(ioThreads);
    let next = 0;
    const client = async () => {
      while (next < CALLS) {
        const i = next;
        next += 1;
        const kind = KINDS[Math.floor(random() * KINDS.length)];
        const input = { i, text: textFor(i, random) };
        const headers = { 'x-runner-request-id': `call-${i}` };
        const response =
          kind === 'event'
            ? await callEvent(port, 'event', { payload: input, returnPayload: true }, { agent, headers })
            : await callTask(port, kind, input, { agent, headers });
        assert.equal(response.status, 200);
        assert.equal(response.headers['x-runner-request-id'], `call-${i}`);
        assert.equal(response.text, JSON.stringify({ ok: true, result: input }));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
    assert.equal(next, CALLS);
    await assertServes(port);
  });

  test(`pipelined calls that finish in another order are answered in theirs, with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await startProbed(t, { ioThreads }, registerMixed);
    const pipeline = async (/** @type {unknown} */ _, /** @type {number} */ lane) => {
      const client = await connect(t, port);
      const inputs = Array.from({ length: 100 }, (__, n) => ({ i: lane * 1000 + n, text: `${lane}-${n}` }));
      const requests = inputs.map((input, n) =>
        requestText({ path: `/__runner/task/${KINDS[n % 3]}`, body: JSON.stringify({ input }) }),
      );
      client.write(requests.join(''));
      const responses = await client.responses(requests.length);
      assert.deepEqual(
        responses.map((response) => response.json.result),
        inputs,
      );
    };
    await Promise.all(Array.from({ length: 20 }, pipeline));
    await assertServes(port);
  });

  test(`errors, aborts and responses side by side do not mix, with ${ioThreads} I/O threads`, async (t) => {
    const { port } = await startProbed(t, { ioThreads }, (server) => {
      registerMixed(server);
      server.registerTask('fail', async () => {
        throw new Error('failed');
      });
      server.registerTask('never', () => new Promise(() => {}));
    });
    const calls = Array.from({ length: 1000 }, async (_, i) => {
      if (i % 4 === 0) return assert.equal((await callTask(port, 'fail')).status, 500);
      if (i % 4 === 1) return assert.equal((await callTask(port, `none-${i}`)).status, 404);
      if (i % 4 === 2) {
        const client = await connect(t, port);
        await client.write(requestText({ path: '/__runner/task/never' }));
        return client.destroy();
      }
      const input = { i, text: 'x'.repeat(i) };
      return assert.deepEqual((await callTask(port, 'late', input)).json, { ok: true, result: input });
    });
    await Promise.all(calls);
    await assertServes(port);
  });
}
