// @ts-check
'use strict';

const { ExitCode } = require('./exit-codes');

/** @type {Record<string, number>} */
const FORCED = { SIGINT: ExitCode.INTERRUPTED, SIGTERM: ExitCode.TERMINATED };

/**
 * Closes on the first SIGINT or SIGTERM, and exits at once on the second.
 *
 * @param {(signal: string) => Promise<void>} close
 * @param {(code: number) => void} exit
 */
function closeOnSignals(close, exit) {
  let isClosing = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, async () => {
      if (isClosing) {
        exit(FORCED[signal]);
        return;
      }
      isClosing = true;
      await close(signal);
    });
  }
}

module.exports = { closeOnSignals };
