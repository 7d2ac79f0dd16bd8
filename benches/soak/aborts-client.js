// @ts-check
'use strict';

// Makes the calls, in its own process. Reads {"calls": n}, makes them, prints how many of each kind were made.

const fs = require('node:fs');
const { once } = require('node:events');
const net = require('node:net');
const readline = require('node:readline');
const { setTimeout: delay } = require('node:timers/promises');
const { CHUNKS, encodeHead, frame, transfer } = require('../lib/transfer');
const { CHUNK } = require('../lib/payload');
const { LARGE, POINTS, ROUND } = require('./aborts');

const CONNECTIONS = 32;
const WHOLE_BYTES = 4 * CHUNK.length;
const STALL_MS = 30_000;

const SENT = Buffer.concat(Array.from({ length: Math.max(...POINTS) / CHUNKS.length }, () => CHUNKS));
/** How long it waits before that: a few turns of both loops, so that the call has begun and stalls, or not at all. */
const WAITS_MS = [0, 3];

const port = Number(process.argv[2]);
let next = 0;
/** How many calls of each kind were made, in all. @type {Map<import('./aborts').Abort, number>} */
const turns = new Map();

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async (line) => {
  const made = await makeCalls(JSON.parse(line).calls);
  fs.writeSync(1, `${JSON.stringify({ made })}\n`);
});

/** @param {number} calls */
async function makeCalls(calls) {
  /** @type {Record<string, number>} */
  const made = {};
  let remaining = calls;
  const worker = async () => {
    while (remaining-- > 0) {
      const abort = ROUND[next++ % ROUND.length];
      const turn = turns.get(abort) ?? 0;
      turns.set(abort, turn + 1);
      made[abort.name] = (made[abort.name] ?? 0) + 1;
      if (abort.whole) await transfer(port, abort.kind, WHOLE_BYTES);
      else await breakOff(abort, turn);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return made;
}

/**
 * Starts a call and leaves in the middle of it, at a different point and in a different way each time.
 * @param {import('./aborts').Abort} abort
 * @param {number} turn
 */
async function breakOff({ name, kind, points = POINTS }, turn) {
  const bytes = points[turn % points.length];
  const waitMs = WAITS_MS[Math.floor(turn / points.length) % WAITS_MS.length];
  const inOrder = turn % 5 === 0;
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.write(encodeHead(kind));
  if (kind.before) socket.write(frame(kind.before(LARGE)));
  socket.write(kind.sends ? SENT.subarray(0, bytes) : frame(''));
  // For an echo the first bytes are enough: all of them may come back only after its body has ended.
  if (kind.receives && bytes > 0) await receive(socket, kind.sends ? 1 : bytes, name);
  if (waitMs > 0) await delay(waitMs);
  socket.on('error', () => {});
  if (inOrder) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Reads a number of bytes of the response, and then stops reading.
 * @param {net.Socket} socket
 * @param {number} least
 * @param {string} name
 * @returns {Promise<void>}
 */
function receive(socket, least, name) {
  return new Promise((resolve, reject) => {
    let received = 0;
    const fail = (/** @type {string} */ why) => reject(new Error(`${name}: ${why}.`));
    socket.setTimeout(STALL_MS, () => fail(`nothing came for ${STALL_MS} ms`));
    socket.once('error', (error) => fail(error.message));
    socket.once('end', () => fail('the server closed the connection'));
    socket.on('data', (chunk) => {
      const head = chunk.toString('latin1', 0, 12);
      if (received === 0 && head !== 'HTTP/1.1 200') return fail(`it was answered with ${head}`);
      received += chunk.length;
      if (received < least) return;
      socket.pause();
      resolve();
    });
  });
}
