// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { drip } = require('../helpers/drip.js');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

const SHORT_MS = 150;
const PING = requestText({ path: '/__runner/task/ping' });
const limits = { headersTimeoutMs: SHORT_MS, keepAliveTimeoutMs: SHORT_MS };

for (const breaks of ['\r\n', '\n', '\r\n'.repeat(1000)]) {
  const what = `${JSON.stringify(breaks.slice(0, 4))}, ${breaks.length} bytes at a time,`;

  test(`${what} keeps no connection open that has sent no request`, async (t) => {
    const { port } = await startProbed(t, { limits });
    const client = await connect(t, port);
    drip(t, client, breaks, breaks);
    assert.equal((await client.closed()).text, '');
    await assertServes(port);
  });

  test(`${what} keeps no connection open between requests`, async (t) => {
    const { port } = await startProbed(t, { limits });
    const client = await connect(t, port);
    drip(t, client, PING, breaks);
    assert.equal((await client.response()).status, 200);
    assert.equal((await client.closed()).text, '');
    await assertServes(port);
  });
}

test('line breaks do not hold the places of other clients', async (t) => {
  const { port } = await startProbed(t, { limits: { ...limits, maxConnections: 3 } });
  const clients = await Promise.all([1, 2, 3].map(() => connect(t, port)));
  for (const client of clients) drip(t, client, '\r\n', '\r\n');
  await Promise.all(clients.map((client) => client.closed()));
  for (const client of clients) client.destroy();
  await eventually(t, async () => (await callTask(port, 'ping')).status === 200);
});

test('a request after line breaks gets its response, however they arrive', async (t) => {
  const { port } = await startProbed(t, { limits: { maxHeaderBytes: 8192 } });
  const client = await connect(t, port);
  for (const text of [`\r\n${PING}`, `${'\r\n'.repeat(500)}${PING}`, ...`\r\n\r\n${PING}`])
    await client.write(text);
  for (let i = 0; i < 3; i += 1) assert.equal((await client.response()).status, 200);
});
