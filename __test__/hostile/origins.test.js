// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, errorsOf, startProbed } = require('../helpers/probe.js');
const { recordingLogger } = require('../helpers/server.js');

const ORIGIN = { headers: { origin: 'http://page.example' } };
const PROMISE = 'cors.origin returned a promise, expected a string, null or undefined';

/** @type {Record<string, () => unknown>} */
const rules = {
  'resolves with the origin': async () => ORIGIN.headers.origin,
  rejects: async () => {
    throw new Error('lookup of the origin failed');
  },
  'rejects later': () => new Promise((_resolve, reject) => setImmediate(reject, new Error('late'))),
  'never settles': () => new Promise(() => {}),
};

for (const [what, origin] of Object.entries(rules)) {
  test(`a rule for origins whose promise ${what} allows none, and is logged`, async (t) => {
    const logger = recordingLogger();
    const { port } = await startProbed(t, { cors: { origin }, logger });
    const response = await callTask(port, 'echo', 1, ORIGIN);
    assert.equal(response.status, 200);
    assert.equal(response.headers['access-control-allow-origin'], undefined);
    assert.deepEqual(
      errorsOf(logger).map(({ message, data }) => [message, data.error]),
      [['exposure.cors.origin.error', PROMISE]],
    );
    await assertServes(port);
  });
}

test('no promise of user code that rejects ends the process', async (t) => {
  const { next, exited } = startChild(t, async ({ call, callTask: callOne, makeServer, send }) => {
    const reject = async () => {
      throw new Error('late');
    };
    const server = makeServer({
      auth: { validate: [reject, async () => ({ ok: true })] },
      cors: { origin: reject },
      fallback: reject,
      logger: { error: reject, warn: reject, info: reject },
    });
    server.registerTask('fails', reject).registerEvent('fails', reject);
    const { port } = await server.listen();
    const headers = { origin: 'http://page.example' };
    const responses = [
      await callOne(port, 'fails', 1, { headers }),
      await call({ port, path: '/__runner/event/fails', headers }),
      await call({ port, path: '/outside', headers }),
    ];
    await server.close({ timeoutMs: 100 });
    send(responses.map(({ status }) => status));
  });
  assert.deepEqual(await next(), [500, 500, 500]);
  assert.equal((await exited).code, 0);
});
