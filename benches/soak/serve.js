// @ts-check
'use strict';

const fs = require('node:fs');
const readline = require('node:readline');

const gc = /** @type {(() => void) | undefined} */ (/** @type {any} */ (globalThis).gc);

/**
 * Serves the commands of the harness: reads one command per line, and writes one line of JSON for each.
 * @param {number} port
 * @param {() => Record<string, number>} pending what was begun and has not ended, by kind
 * @param {() => Promise<void>} close
 */
function serve(port, pending, close) {
  print({ port });
  const lines = readline.createInterface({ input: process.stdin });
  let closing = false;
  lines.on('line', (line) => {
    if (line === 'sample') return print(sample(pending()));
    if (line !== 'close') return;
    closing = true;
    close().then(() => print({ closed: true }));
  });
  // After a close only a leak keeps this process alive; before it, the harness has ended.
  lines.on('close', () => {
    if (!closing) process.exit(0);
  });
}

/** @param {Record<string, number>} pending */
function sample(pending) {
  gc?.();
  gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external, resources: countResources(), pending };
}

/** @typedef {ReturnType<typeof sample>} ServerSample */

/** What keeps the event loop busy, by kind. */
function countResources() {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** @param {unknown} value */
function print(value) {
  fs.writeSync(1, `${JSON.stringify(value)}\n`);
}

module.exports = { serve };
