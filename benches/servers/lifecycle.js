// @ts-check
'use strict';

const fs = require('node:fs');

/** Long enough that no idle connection is closed while its memory is measured. */
const IDLE_MS = 120_000;

/**
 * Reports the port to the harness, and exits with it.
 * @param {number} port
 */
function ready(port) {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
  fs.writeSync(1, `${JSON.stringify({ port })}\n`);
}

/**
 * Blocks the JavaScript thread, as a heavy task would. Reports it to the harness first, by a synchronous write.
 * @param {{ ms: number }} input
 */
function block({ ms }) {
  fs.writeSync(1, `${JSON.stringify({ blocked: true })}\n`);
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
}

module.exports = { IDLE_MS, block, ready };
