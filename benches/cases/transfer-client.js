// @ts-check
'use strict';

// Runs in its own process, so that the server has a core for itself. Reads {"kind","bytes"}, prints {"seconds"}.

const fs = require('node:fs');
const readline = require('node:readline');
const { KINDS, transfer } = require('../lib/transfer');

const port = Number(process.argv[2]);

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async (line) => {
  const asked = JSON.parse(line);
  const kind = KINDS.find(({ name }) => name === asked.kind);
  if (!kind) throw new Error(`There is no transfer ${asked.kind}.`);
  const result = await transfer(port, kind, asked.bytes);
  fs.writeSync(1, `${JSON.stringify(result)}\n`);
});
