// @ts-check
'use strict';

// Makes the calls, in its own process. Reads {"calls": n}, makes them, prints how many of each kind were made.

const fs = require('node:fs');
const readline = require('node:readline');
const { Connection } = require('../lib/http');
const { makeRound } = require('./requests');

const CONNECTIONS = 32;
const port = Number(process.argv[2]);
const round = makeRound();
let next = 0;

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async (line) => print(await makeCalls(JSON.parse(line).calls)));

/** @param {number} calls */
async function makeCalls(calls) {
  /** @type {Record<string, number>} */
  const made = {};
  let remaining = calls;
  const worker = async () => {
    let connection = await Connection.open(port);
    while (remaining-- > 0) {
      const kind = round[next++ % round.length];
      made[kind.name] = (made[kind.name] ?? 0) + 1;
      if (kind.leaves) {
        await leave(connection, kind);
        connection = await Connection.open(port);
        continue;
      }
      const { status, body } = await connection.send(kind.bytes);
      if (status !== kind.status) throw new Error(`${kind.name} was answered with ${status}: ${body}`);
    }
    connection.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return { made };
}

/**
 * Sends a request, then leaves without reading a response.
 * @param {Connection} connection
 * @param {import('./requests').Kind} kind
 */
async function leave({ socket }, { bytes, leaves }) {
  await new Promise((resolve) => socket.write(bytes, resolve));
  // A turn of both event loops, so that most of these calls have begun when their client leaves.
  if (leaves === 'handler') await new Promise((resolve) => setTimeout(resolve, 2));
  socket.destroy();
}

/** @param {unknown} value */
function print(value) {
  fs.writeSync(1, `${JSON.stringify(value)}\n`);
}
