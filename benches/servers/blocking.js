// @ts-check
'use strict';

const BLOCK_MS = 50;
const EVERY_MS = 100;

/** Blocks this worker for half of the time, as heavy tasks would. */
function blockHalfOfTheTime() {
  setInterval(() => {
    const until = performance.now() + BLOCK_MS;
    while (performance.now() < until);
  }, EVERY_MS).unref();
}

module.exports = { BLOCK_MS, EVERY_MS, blockHalfOfTheTime };
