// @ts-check
'use strict';

const { requestText } = require('./raw.js');

/** What the server of this traffic takes; some bodies are larger. */
const MAX_JSON_BYTES = 20_000;
/** Pauses go well past the moment at which the server parks a quiet connection. */
const LONGEST_PAUSE_MS = 40;

/** @typedef {{ id: string, bytes: Buffer, status: number, body: string }} Exchange a request and its whole response */

/**
 * Random integers, the same ones in every run.
 *
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = (seed % 2_147_483_646) + 1;
  return (/** @type {number} */ below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

/** @typedef {ReturnType<typeof randomFrom>} Random */

/**
 * A pause between two pieces of input. It is input of the client: no result is waited for with it.
 *
 * @param {number} ms
 */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * A text that shows at every position whose it is.
 *
 * @param {string} id
 * @param {number} length
 */
function textOf(id, length) {
  return `${id} `.repeat(Math.ceil(length / (id.length + 1))).slice(0, length);
}

/**
 * Handlers that respond at once, in a microtask, and after a pause around the parking moment.
 *
 * @param {import('../../index.js').TunnelServer} server
 * @param {(id: string) => void} ran
 */
function registerTraffic(server, ran) {
  const respond = (/** @type {any} */ { id, size }) => {
    ran(id);
    return textOf(id, size);
  };
  server.registerTask('sync', respond);
  server.registerTask('async', async (/** @type {any} */ input) => respond(input));
  server.registerTask('late', async (/** @type {any} */ input) => {
    await pause(input.wait);
    return respond(input);
  });
}

const KINDS = ['sync', 'sync', 'async', 'late', 'late', 'absent', 'tooLarge', 'discovery'];
const SIZES = [0, 1, 100, 100, 3000, 3000, 3000, 10_000, 10_000, 60_000, 300_000];
const NOT_FOUND = '{"ok":false,"error":{"message":"Task absent not found","code":"NOT_FOUND"}}';
const TOO_LARGE = '{"ok":false,"error":{"message":"Payload too large","code":"PAYLOAD_TOO_LARGE"}}';
const DISCOVERY =
  '{"ok":true,"result":{"allowList":{"enabled":true,"tasks":["sync","async","late"],"events":[]}}}';

/**
 * @param {Random} random
 * @param {string} id
 * @param {boolean} last asks the server to end the connection
 * @returns {Exchange}
 */
function randomExchange(random, id, last) {
  const kind = KINDS[random(KINDS.length)];
  /** @type {Record<string, string>} */
  const headers = { 'x-runner-request-id': id, ...(last ? { connection: 'close' } : {}) };
  if (kind === 'discovery') {
    const text = requestText({ method: 'GET', path: '/__runner/discovery', headers });
    return { id, bytes: Buffer.from(text, 'latin1'), status: 200, body: DISCOVERY };
  }
  const size = SIZES[random(SIZES.length)];
  const filled = kind === 'tooLarge' ? MAX_JSON_BYTES : [0, 10, 1000, 10_000][random(4)];
  const input = { id, size, wait: random(LONGEST_PAUSE_MS), filling: textOf(id, filled) };
  const body = JSON.stringify({ input });
  const path = `/__runner/task/${kind === 'tooLarge' ? 'sync' : kind}`;
  const text =
    random(3) === 0
      ? requestText({ path, headers: { ...headers, 'transfer-encoding': 'chunked' } }) + chunks(random, body)
      : requestText({ path, headers, body });
  const bytes = Buffer.from(text, 'latin1');
  if (kind === 'absent') return { id, bytes, status: 404, body: NOT_FOUND };
  if (kind === 'tooLarge') return { id, bytes, status: 413, body: TOO_LARGE };
  return { id, bytes, status: 200, body: JSON.stringify({ ok: true, result: textOf(id, size) }) };
}

/**
 * @param {Random} random
 * @param {string} body
 */
function chunks(random, body) {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const chunk = body.slice(at, at + 1 + random(body.length));
    text += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    at += chunk.length;
  }
  return `${text}0\r\n${random(2) ? 'x-trailer: t\r\n' : ''}\r\n`;
}

/**
 * Cuts pipelined requests at random places: within heads, bodies and chunks, at their borders, and just after them.
 *
 * @param {Random} random
 * @param {Buffer[]} requests
 * @returns {{ piece: Buffer, whole: number }[]} `whole`: how many requests are sent to their end with this piece
 */
function cut(random, requests) {
  const bytes = Buffer.concat(requests);
  let border = 0;
  const borders = requests.map((request) => (border += request.length));
  const pieces = [];
  for (let at = 0; at < bytes.length; ) {
    const next = (borders.find((end) => end > at) ?? bytes.length) - at;
    const lengths = [1 + random(30), 1 + random(3000), 1 + random(20_000), next, next, next + 1 + random(60)];
    const length = lengths[random(lengths.length)];
    pieces.push({
      piece: bytes.subarray(at, at + length),
      whole: borders.filter((b) => b <= at + length).length,
    });
    at += length;
  }
  return pieces;
}

module.exports = {
  LONGEST_PAUSE_MS,
  MAX_JSON_BYTES,
  cut,
  pause,
  randomExchange,
  randomFrom,
  registerTraffic,
};
