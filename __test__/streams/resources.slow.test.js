// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { startChild } = require('../helpers/child.js');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');

const MB = 1024 * 1024;

/** @param {import('../helpers/inside.js').World} world */
async function serveInChild({ makeServer, openFiles, peakMemoryBytes, send }) {
  const counts = { ended: 0, refs: /** @type {WeakRef<object>[]} */ ([]) };
  const server = makeServer();
  // One chunk for all writes: only what is buffered can grow, not garbage of the task.
  const chunk = new Uint8Array(64 * 1024);
  async function* chunks(/** @type {number} */ count) {
    yield chunk.subarray(0, 3);
    for (let i = 0; i < count; i += 1) yield chunk;
  }
  server.registerTask('big', (/** @type {number} */ count) => ({ stream: chunks(count) }));
  server.registerTask('endless', () => {
    const iterator = {
      next: async () => ({ done: false, value: 'x'.repeat(1000) }),
      return: async () => {
        counts.ended += 1;
      },
    };
    counts.refs.push(new WeakRef(iterator));
    return { [Symbol.asyncIterator]: () => iterator };
  });
  server.registerTask('state', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    /** @type {any} */ (globalThis).gc();
    const alive = counts.refs.filter((ref) => ref.deref() !== undefined).length;
    return { files: openFiles(), peak: peakMemoryBytes(), alive, ended: counts.ended };
  });
  send(await server.listen());
}

/** @param {import('node:test').TestContext} t */
async function startServing(t) {
  const child = startChild(t, serveInChild, null, { execArgv: ['--expose-gc'] });
  const { port } = await child.next();
  return { port, state: async () => (await callTask(port, 'state')).json.result };
}

/**
 * How many bytes a task streams to a client that reads nothing until `meanwhile` is done.
 *
 * @param {number} port
 * @param {number} input
 * @param {() => Promise<unknown>} meanwhile
 */
async function bytesOfBig(port, input, meanwhile) {
  const request = http.request({ port, method: 'POST', path: '/__runner/task/big', agent: false });
  request.end(JSON.stringify({ input }));
  const [response] = await once(request, 'response');
  for (let turns = 0; turns < 20; turns += 1) await meanwhile();
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}

test('256 MB go through to a client that is slow to begin, with less than 64 MB more of memory', async (t) => {
  const { port, state } = await startServing(t);
  await bytesOfBig(port, 16, state);
  const before = await state();
  assert.equal(await bytesOfBig(port, 4096, state), 256 * MB + 3);
  const grown = (await state()).peak - before.peak;
  assert.ok(grown < 64 * MB, `${Math.round(grown / MB)} MB more`);
});

test('500 downloads that are broken off leave no file and nothing that writes', async (t) => {
  const { port, state } = await startServing(t);
  const before = await state();
  for (let round = 0; round < 25; round += 1) {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(t, port)));
    for (const client of clients) await client.write(requestText({ path: '/__runner/task/endless' }));
    for (const client of clients) {
      while (client.length === 0) await client.change();
      client.destroy();
    }
  }
  await eventually(t, async () => {
    const { files, alive, ended } = await state();
    return files <= before.files && alive === 0 && ended >= 500;
  });
});
