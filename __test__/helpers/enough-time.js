// @ts-check
'use strict';

const FIRST_MS = 100;
/** More time than the first steps of a test take on any usable machine. */
const LAST_MS = 20_000;

/**
 * Runs an attempt with a time limit of the server. Repeats it with twice the limit while this machine is too slow for
 * it, which the attempt notices when its first steps or its pauses take longer than the limit.
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
