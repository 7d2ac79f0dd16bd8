// @ts-check
'use strict';

// Responses that are sent while they are produced, and uploads that are read while they arrive. With --once it ends
// after the calls, otherwise it keeps serving.

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');
const { createGzip } = require('node:zlib');
const { TunnelError, TunnelServer } = require('@bluelibs/runner-native');

const MEGABYTE = 1024 * 1024;

/** @type {{ at: number, to: number, signal: AbortSignal }[]} where each count of ticks stopped */
const stops = [];

const server = new TunnelServer({ port: 0 });
server
  // An async generator: lines of JSON, or server-sent events if the client accepts them.
  .registerTask('ticks', async function* (/** @type {{ to: number }} */ { to }, { signal }) {
    let at = 0;
    try {
      while (at < to) {
        at += 1;
        yield { tick: at };
        await wait(10);
      }
    } finally {
      // Also runs when the client leaves, since `return` is called.
      stops.push({ at, to, signal });
    }
  })
  // A Node stream with its own headers.
  .registerTask('source', () => ({
    stream: fs.createReadStream(__filename).pipe(createGzip()),
    contentType: 'text/javascript; charset=utf-8',
    headers: { 'content-encoding': 'gzip' },
  }))
  // Bytes.
  .registerTask('pixel', () => ({
    body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
    contentType: 'image/gif',
  }))
  // An upload, which is never held as a whole.
  .registerTask('hash', async (_, { body }) => {
    if (!body)
      throw new TunnelError({ message: 'Send application/octet-stream', code: 'NO_BYTES', httpCode: 400 });
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of body) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sha256: hash.digest('hex') };
  })
  // Both: streams the upload back.
  .registerTask('gzip', (_, { body }) => body?.pipe(createGzip()));

/**
 * @param {number} port
 * @param {string} id
 * @param {RequestInit & { duplex?: 'half' }} [options]
 */
function call(port, id, options) {
  return fetch(`http://127.0.0.1:${port}/__runner/task/${id}`, { method: 'POST', ...options });
}

/** @param {number} port */
async function download(port) {
  const body = JSON.stringify({ input: { to: 3 } });
  const lines = await call(port, 'ticks', { body });
  const ndjson = await lines.text();
  console.log(`${lines.headers.get('content-type')}\n${ndjson}`);
  assert.equal(ndjson, '{"tick":1}\n{"tick":2}\n{"tick":3}\n');

  const events = await call(port, 'ticks', { body, headers: { accept: 'text/event-stream' } });
  const sent = await events.text();
  console.log(`${events.headers.get('content-type')}\n${sent}`);
  assert.equal(sent, 'data: {"tick":1}\n\ndata: {"tick":2}\n\ndata: {"tick":3}\n\n');

  const source = await call(port, 'source');
  const text = await source.text();
  console.log(`${source.headers.get('content-type')}: ${text.length} characters, sent as gzip`);
  assert.equal(text, fs.readFileSync(__filename, 'utf8'));

  const pixel = await call(port, 'pixel');
  const bytes = await pixel.arrayBuffer();
  console.log(`${pixel.headers.get('content-type')}: ${bytes.byteLength} bytes`);
  assert.equal(pixel.headers.get('content-type'), 'image/gif');
}

/** @param {number} port */
async function leaveEarly(port) {
  const client = new AbortController();
  const body = JSON.stringify({ input: { to: 1_000_000 } });
  const response = await call(port, 'ticks', { body, signal: client.signal });
  await response.body?.getReader().read();
  client.abort();
  while (!stops.at(-1)?.signal.aborted) await wait(10);
  const { at, to } = stops[stops.length - 1];
  console.log(`A client left in the middle: its generator ended at tick ${at} of ${to}`);
  assert.ok(at < to);
}

/** @param {number} port */
async function uploads(port) {
  const headers = { 'content-type': 'application/octet-stream' };
  const hash = createHash('sha256');
  async function* chunks() {
    for (let at = 0; at < 16; at += 1) {
      const chunk = Buffer.alloc(MEGABYTE, at);
      hash.update(chunk);
      yield chunk;
    }
  }
  const hashed = await call(port, 'hash', { headers, body: chunks(), duplex: 'half' });
  const text = await hashed.text();
  console.log(`16 megabytes up: ${hashed.status} ${text}`);
  assert.deepEqual(JSON.parse(text).result, { size: 16 * MEGABYTE, sha256: hash.digest('hex') });

  const zipped = await call(port, 'gzip', { headers, body: Buffer.alloc(MEGABYTE) });
  const { byteLength } = await zipped.arrayBuffer();
  console.log(`1 megabyte of zeros up, ${byteLength} bytes of gzip down`);
  assert.ok(byteLength < MEGABYTE / 100);

  const json = await call(port, 'hash', { body: '{}' });
  console.log(`JSON to a task that wants bytes: ${json.status} ${await json.text()}`);
  assert.equal(json.status, 400);
}

async function main() {
  const { port } = await server.listen();
  await download(port);
  await leaveEarly(port);
  await uploads(port);
  if (process.argv.includes('--once')) {
    await server.close();
    return;
  }
  const base = `http://127.0.0.1:${port}/__runner/task`;
  console.log(`
Serving. Try:

  curl -N -H 'accept: text/event-stream' -d '{"input":{"to":500}}' ${base}/ticks
  curl -H 'content-type: application/octet-stream' -T ${__filename} -X POST ${base}/hash

Ctrl+C stops it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}

main();
