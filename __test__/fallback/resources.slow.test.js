// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { startChild } = require('../helpers/child.js');
const { eventually, test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');

const MB = 1024 * 1024;

/** @param {import('../helpers/inside.js').World} world */
async function serveInChild({ Readable, makeServer, openFiles, peakMemoryBytes, send }) {
  const counts = { called: 0, closed: 0, made: 0, read: 0, refs: /** @type {WeakRef<object>[]} */ ([]) };
  const chunk = Buffer.alloc(64 * 1024);
  /** @type {Record<string, (req: any, res: any) => unknown>} */
  const routes = {
    '/down': (req, res) => {
      let left = Number(req.headers['x-chunks']);
      counts.made = 0;
      const source = new Readable({
        read() {
          counts.made += 1;
          left -= 1;
          this.push(left < 0 ? null : chunk);
        },
      });
      source.pipe(res);
    },
    '/up': async (req, res) => {
      counts.read = 0;
      for await (const piece of req) {
        counts.read += piece.length;
        // Slower than it arrives.
        if (req.headers['x-slow']) await new Promise((resolve) => setImmediate(resolve));
      }
      res.end(String(counts.read));
    },
    '/stall': (req) => req.once('data', () => req.pause()),
    '/echo': (req, res) => req.pipe(res),
    '/silent': () => {},
    '/half': (req, res) => {
      req.once('data', () => req.pause());
      res.write('half');
    },
    '/early': (req, res) => {
      req.once('data', () => {
        req.pause();
        res.end('early');
      });
    },
  };
  const server = makeServer({
    fallback: (/** @type {any} */ req, /** @type {any} */ res) => {
      counts.called += 1;
      counts.refs.push(new WeakRef(req), new WeakRef(res), new WeakRef(req.socket));
      res.on('close', () => {
        counts.closed += 1;
      });
      return routes[req.url](req, res);
    },
  });
  server.registerTask('counts', () => ({ called: counts.called, made: counts.made }));
  server.registerTask('state', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    /** @type {any} */ (globalThis).gc();
    const alive = counts.refs.filter((ref) => ref.deref() !== undefined).length;
    return { files: openFiles(), peak: peakMemoryBytes(), alive, closed: counts.closed };
  });
  send(await server.listen());
}

/** @param {import('node:test').TestContext} t */
async function startServing(t) {
  const child = startChild(t, serveInChild, null, { execArgv: ['--expose-gc'] });
  const { port } = await child.next();
  const ask = async (/** @type {string} */ task) => (await callTask(port, task)).json.result;
  return { port, state: () => ask('state'), counts: () => ask('counts') };
}

/**
 * @param {number} port
 * @param {number} chunks
 * @param {() => Promise<unknown>} [meanwhile] before the first byte is read
 */
async function download(port, chunks, meanwhile = async () => {}) {
  const request = http.request({ port, path: '/down', headers: { 'x-chunks': chunks }, agent: false });
  request.end();
  const [response] = await once(request, 'response');
  await meanwhile();
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}

/**
 * @param {number} port
 * @param {string} path
 * @param {number} bytes
 */
async function upload(port, path, bytes) {
  const request = http.request({ port, method: 'POST', path, headers: { 'x-slow': 1 }, agent: false });
  const chunk = Buffer.alloc(64 * 1024);
  const answered = once(request, 'response');
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!request.write(chunk)) await once(request, 'drain');
  }
  request.end();
  const [response] = await answered;
  let received = 0;
  let text = '';
  for await (const piece of response) {
    received += piece.length;
    if (received < 100) text += piece;
  }
  return { received, text };
}

test('128 MB go down to a client that is slow to begin, with less than 64 MB more of memory', async (t) => {
  const { port, state, counts } = await startServing(t);
  await download(port, 64);
  const before = await state();
  const bytes = await download(port, 2048, async () => {
    // Flow has stopped when many turns of both threads bring nothing more.
    for (let turns = 0, made = -1; turns < 20; turns += 1) {
      const now = await counts();
      if (now.made !== made) turns = 0;
      made = now.made;
    }
    const { made } = await counts();
    assert.ok(made < 512, `${made} chunks were made without a reader`);
  });
  assert.equal(bytes, 128 * MB);
  const grown = (await state()).peak - before.peak;
  assert.ok(grown < 64 * MB, `${Math.round(grown / MB)} MB more`);
});

test('128 MB go up to a listener that is slow, with less than 64 MB more of memory', async (t) => {
  const { port, state } = await startServing(t);
  await upload(port, '/up', 4 * MB);
  const before = await state();
  assert.equal((await upload(port, '/up', 128 * MB)).text, String(128 * MB));
  const grown = (await state()).peak - before.peak;
  assert.ok(grown < 64 * MB, `${Math.round(grown / MB)} MB more`);
});

test('a listener that does not read stops its client', async (t) => {
  const { port, counts } = await startServing(t);
  const client = await connect(t, port);
  await client.write(`POST /stall HTTP/1.1\r\nhost: x\r\ncontent-length: ${64 * MB}\r\n\r\n`);
  const chunk = Buffer.alloc(MB);
  let accepted = 0;
  for (let i = 0; i < 64; i += 1) client.write(chunk).then(() => (accepted += 1));
  for (let turns = 0, last = -1; turns < 20; turns += 1) {
    await counts();
    if (accepted !== last) turns = 0;
    last = accepted;
  }
  assert.ok(accepted < 32, `${accepted} MB were taken without a reader`);
});

test('128 MB go up and come down again', async (t) => {
  const { port, state } = await startServing(t);
  await echo(port, 4 * MB);
  const before = await state();
  assert.equal(await echo(port, 128 * MB), 128 * MB);
  const grown = (await state()).peak - before.peak;
  assert.ok(grown < 64 * MB, `${Math.round(grown / MB)} MB more`);
});

/** @param {number} port @param {number} bytes */
async function echo(port, bytes) {
  const request = http.request({ port, method: 'POST', path: '/echo', agent: false });
  const answered = once(request, 'response');
  const sending = (async () => {
    const chunk = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < bytes; sent += chunk.length) {
      if (!request.write(chunk)) await once(request, 'drain');
    }
    request.end();
  })();
  const [response] = await answered;
  let received = 0;
  for await (const piece of response) received += piece.length;
  await sending;
  return received;
}

const GET = { method: 'GET' };
/**
 * What is sent, and what is waited for before the client leaves: by default, the call of the listener.
 *
 * @type {[string, string, string | undefined][]}
 */
const LEAVING = [
  ['before the response', requestText({ ...GET, path: '/silent' }), undefined],
  [
    'in the middle of a download',
    requestText({ ...GET, path: '/down', headers: { 'x-chunks': '1000000' } }),
    '200 OK',
  ],
  ['in the middle of an upload', `${head('/up')}part`, undefined],
  ['in the middle of an upload that is not read', `${head('/silent')}part`, undefined],
  ['in the middle of an upload that is paused', `${head('/half')}part`, 'half'],
  ['behind a response, in the middle of an upload that is paused', `${head('/early')}part`, 'early'],
];

/** @param {string} path */
function head(path) {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n`;
}

test('2400 requests whose clients leave at any time leave no file and nothing that waits', async (t) => {
  const { port, state, counts } = await startServing(t);
  const before = await state();
  let called = 0;
  for (let round = 0; round < 20; round += 1) {
    for (const [, text, awaited] of LEAVING) {
      const clients = await Promise.all(Array.from({ length: 20 }, () => connect(t, port)));
      for (const client of clients) await client.write(text);
      called += clients.length;
      await eventually(t, async () => (await counts()).called === called);
      for (const client of clients) {
        while (awaited !== undefined && !client.unread().includes(awaited)) await client.change();
        client.destroy();
      }
    }
    assert.equal((await call({ port, path: '/up', body: 'all' })).text, '3');
    called += 1;
  }
  await eventually(t, async () => {
    const { files, alive, closed } = await state();
    return files <= before.files && alive === 0 && closed === called;
  });
});
