// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { END, file, formHead, manifest, named } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { connect } = require('../helpers/raw.js');
const { startWorker } = require('../helpers/worker.js');

const OCTETS =
  'POST /__runner/task/octets HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\ncontent-length: 9\r\n\r\n';

/**
 * A server in a worker whose tasks block their thread from their start until `release`: all records that the I/O thread
 * posts meanwhile are waiting when they go on.
 *
 * @param {import('node:test').TestContext} t
 */
async function startHeld(t) {
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const release = () => {
    Atomics.store(cells, 0, 1);
    Atomics.notify(cells, 0);
  };
  t.after(release);
  const { next } = startWorker(t, serveHeld, cells);
  const { port } = await next();
  const raw = await connect(t, port);
  return {
    raw,
    next,
    /** Lets the task go on once the I/O thread has taken what was sent before. */
    release: async () => {
      // One thread serves all connections in turn.
      for (let turn = 0; turn < 3; turn += 1) {
        assert.equal((await call({ port, method: 'GET', path: '/__runner/discovery' })).status, 200);
      }
      release();
    },
  };
}

/** @param {import('../helpers/inside.js').World} world */
async function serveHeld({ makeServer, data: cells, send, aborted }) {
  const server = makeServer();
  /** @type {(body: any, signal: AbortSignal, seen: () => unknown) => Promise<void>} */
  const read = async (body, signal, seen) => {
    const order = [];
    signal.addEventListener('abort', () => order.push('signal'));
    try {
      for await (const chunk of body) order.push(String(chunk));
    } catch (error) {
      order.push(error.code);
    }
    order.push(seen());
    if (order.includes('ECONNRESET')) await aborted(signal);
    send(order);
  };
  const hold = () => {
    send('held');
    Atomics.wait(cells, 0, 0);
  };
  server.registerTask('form', (/** @type {any} */ [first], { signal }) => {
    hold();
    const stream = first.stream();
    // In the turn of the blocking call, in which no record is taken.
    const bytes = stream.read();
    const known = [first.name, first.type];
    if (bytes !== null) stream.unshift(bytes);
    return read(stream, signal, () => known);
  });
  server.registerTask('named', async (/** @type {any} */ [first]) => {
    hold();
    const { path } = await first.toTempFile();
    send(path.replace(/^.*[\\/]/, '').replace(/\..*$/, ''));
  });
  server.registerTask('octets', (_input, { body, signal }) => {
    hold();
    return read(body, signal, () => 'end');
  });
  send(await server.listen());
}

/** With the line by which the end of it shows. */
const MANIFEST = `${manifest([named('A', {})])}--frontier`;
const REST = (/** @type {string[]} */ ...parts) => parts.join('').slice('--frontier'.length);

for (const [what, text] of [
  ['a file', 'one'],
  ['an empty file', ''],
]) {
  test(`what the part of ${what} says is known once its bytes are read`, async (t) => {
    const { raw, next, release } = await startHeld(t);
    const rest = REST(file('A', text, 'part.css'), END);
    await raw.write(formHead('form', MANIFEST.length + rest.length) + MANIFEST);
    await next();
    await raw.write(rest);
    await release();
    assert.deepEqual(await next(), [...(text === '' ? [] : [text]), ['part.css', 'text/css']]);
  });
}

test('a file is written under the name of its part, however late that comes', async (t) => {
  const { raw, next, release } = await startHeld(t);
  const rest = REST(file('A', 'one', 'part'), END);
  await raw.write(formHead('named', MANIFEST.length + rest.length) + MANIFEST);
  await next();
  await release();
  await raw.write(rest);
  assert.equal(await next(), 'part');
});

test('why a form has broken off is known when its file breaks off', async (t) => {
  const { raw, next, release } = await startHeld(t);
  const rest = REST(file('A', 'one', 'part.css').slice(0, -2));
  await raw.write(formHead('form', MANIFEST.length + rest.length) + MANIFEST);
  await next();
  await raw.write(rest);
  await release();
  assert.deepEqual(await next(), ['one', 'STREAM_ERROR', ['part.css', 'text/css']]);
});

for (const [what, head] of [
  ['body', `${OCTETS}one`],
  ['file', formHead('form', 1000) + MANIFEST + REST(file('A', 'one', 'part.css').slice(0, -2))],
]) {
  test(`a signal that aborts takes nothing from the ${what} that has come before`, async (t) => {
    const { raw, next, release } = await startHeld(t);
    await raw.write(head);
    await next();
    raw.destroy();
    await release();
    const seen = what === 'file' ? ['part.css', 'text/css'] : 'end';
    assert.deepEqual(await next(), ['signal', 'one', 'ECONNRESET', seen]);
  });
}
