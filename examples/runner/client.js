// @ts-check
'use strict';

// Runs in its own process: calls the application at the given address through Runner's clients, with all their
// features.

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const { Readable } = require('node:stream');
const { text } = require('node:stream/consumers');
const {
  createHttpClient,
  createHttpMixedClient,
  createHttpSmartClient,
  createNodeFile,
  Serializer,
} = require('@bluelibs/runner/node');
const { TOKEN, orderNotFound, user } = require('./shared.js');

const config = {
  baseUrl: process.argv[2],
  auth: { token: TOKEN },
  serializer: new Serializer(),
  errorRegistry: new Map([[orderNotFound.id, orderNotFound]]),
};
const mixed = createHttpMixedClient(config);

async function json() {
  const order = /** @type {{ placed: Date }} */ (await mixed.task('orders.find', { number: 12 }));
  assert.deepEqual(order, { number: 12, placed: new Date('2026-05-04T10:00:00Z') });
  return `order 12 was placed on ${order.placed.toDateString()}`;
}

async function typedError() {
  const error = await mixed.task('orders.find', { number: 13 }).catch((thrown) => thrown);
  assert.ok(orderNotFound.is(error), `not a typed error: ${error}`);
  assert.deepEqual(error.data, { number: 13 });
  return `${error.name}: ${error.message}`;
}

async function fileUpload() {
  const buffer = Buffer.alloc(3_000_000, 'a');
  const file = createNodeFile({ name: 'report.txt', type: 'text/plain' }, { buffer });
  const seen = await mixed.task('files.hash', { file });
  const sha256 = createHash('sha256').update(buffer).digest('hex');
  assert.deepEqual(seen, { name: 'report.txt', size: 3_000_000, sha256 });
  return `report.txt arrived with ${buffer.length} bytes`;
}

/** The second half goes out when the first has come back. */
async function duplexStream() {
  const smart = createHttpSmartClient(config);
  const upload = new Readable({ read() {} });
  upload.push('one half, ');
  const response = /** @type {Readable} */ (await smart.task('texts.shout', upload));
  response.once('data', () => {
    upload.push('the other half');
    upload.push(null);
  });
  const shouted = await text(response);
  assert.equal(shouted, 'ONE HALF, THE OTHER HALF');
  return shouted;
}

async function asyncContext() {
  const client = createHttpClient({ ...config, contexts: [user] });
  const who = await user.provide({ name: 'Ada' }, () => client.task('users.whoami'));
  assert.deepEqual(who, { name: 'Ada' });
  return `the task runs for ${who.name}`;
}

/** The client leaves while the task runs; the task then tells why it stopped. */
async function abort() {
  const leaving = new AbortController();
  const client = createHttpClient({
    ...config,
    fetchImpl: (url, init) => fetch(url, { ...init, signal: leaving.signal }),
  });
  const left = assert.rejects(client.task('jobs.watch'), { name: 'AbortError' });
  await mixed.task('jobs.moment', 'began');
  leaving.abort();
  await left;
  const reason = String(await mixed.task('jobs.moment', 'stopped'));
  assert.match(reason, /^Client Closed Request/);
  return `the task saw its signal abort: ${reason.split('\n')[0]}`;
}

/** @type {[title: string, call: () => Promise<string>][]} */
const calls = [
  ['JSON', json],
  ['typed error', typedError],
  ['file upload', fileUpload],
  ['duplex stream', duplexStream],
  ['async context', asyncContext],
  ['abort', abort],
];

async function main() {
  for (const [title, call] of calls) {
    try {
      console.log(`${title}: ${await call()}`);
    } catch (error) {
      console.error(`${title}: failed`, error);
      process.exitCode = 1;
    }
  }
}

main();
