// @ts-check
'use strict';

// node workers-blocked-clients.js PORT CLIENTS SECONDS
// Once it gets a line, each client sends a small task every 5 ms for that long. Then all latencies are printed.

const readline = require('node:readline');
const { setTimeout: delay } = require('node:timers/promises');
const { Connection, encodeRequest } = require('../lib/http');
const { SMALL } = require('../lib/workload');

const EVERY_MS = 5;
const WARM_UP_MS = 500;

const [port, clients, seconds] = process.argv.slice(2).map(Number);
const bytes = encodeRequest(SMALL);

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async () => {
  const all = await Promise.all(Array.from({ length: clients }, (_, n) => run((n * EVERY_MS) / clients)));
  process.stdout.write(`${JSON.stringify({ latencies: all.flat() })}\n`);
});

/**
 * Sends on a schedule, and counts latencies from it, so that the requests that a late response holds up count as well.
 * @param {number} offsetMs so that the clients do not send at once
 */
async function run(offsetMs) {
  const connection = await Connection.open(port);
  const latencies = [];
  const start = performance.now() + offsetMs;
  const end = start + WARM_UP_MS + seconds * 1000;
  for (let due = start; due < end; due += EVERY_MS) {
    const early = due - performance.now();
    if (early > 0) await delay(Math.ceil(early)); // A timer drops fractions, and would fire early.
    const { status } = await connection.send(bytes);
    if (status !== 200) throw new Error(`A small task was answered with ${status}.`);
    if (due >= start + WARM_UP_MS) latencies.push(performance.now() - due);
  }
  connection.destroy();
  return latencies;
}
