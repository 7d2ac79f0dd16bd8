// @ts-check
'use strict';

// Runs in its own process, so that the memory of the client's sockets does not count as the server's.
// Reads {"port","connections"} and then "count"; writes one line for each.

const fs = require('node:fs');
const readline = require('node:readline');
const { Connection, encodeRequest } = require('../lib/http');
const { SMALL } = require('../lib/workload');

const AT_ONCE = 32;
const request = encodeRequest(SMALL);

/** @type {Connection[]} */
const held = [];

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async (line) => {
  const asked = JSON.parse(line);
  if (asked === 'count') return print({ open: held.filter(({ closed }) => !closed).length });
  await openAll(asked);
  print({ open: held.length });
});

/** @param {{ port: number, connections: number }} asked */
async function openAll({ port, connections }) {
  let left = connections;
  const worker = async () => {
    while (left-- > 0) {
      const connection = await Connection.open(port);
      held.push(connection);
      const { status, body } = await connection.send(request);
      if (status !== 200 || body !== SMALL.expected) throw new Error(`Status ${status}: ${body}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** @param {unknown} value */
function print(value) {
  fs.writeSync(1, `${JSON.stringify(value)}\n`);
}
