// @ts-check
'use strict';

const FIRST_MS = 100;
/** More than a test that runs at all needs for its first steps. */
const LAST_MS = 20_000;

/**
 * Runs an attempt with a time limit of the server, and again with twice the limit for as long as the attempt finds that
 * this machine was too slow for it: that its first steps, or its pauses, took longer than the limit.
 *
 * @param {(limitMs: number) => Promise<boolean>} attempt resolves to false if the limit was too short
 */
async function withEnoughTime(attempt) {
  for (let limitMs = FIRST_MS; limitMs <= LAST_MS; limitMs *= 2) {
    if (await attempt(limitMs)) return;
  }
  throw new Error(`too slow in each attempt, the last with a limit of at least ${LAST_MS / 2} ms`);
}

module.exports = { withEnoughTime };
