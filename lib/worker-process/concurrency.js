// @ts-check
'use strict';

/** @typedef {(input: any, context: any) => unknown} Handler */

/**
 * Limits how many calls of all handlers run at once. Others wait in order of arrival.
 *
 * @param {number | undefined} max none without it
 * @returns {(handler: Handler) => Handler}
 */
function limitConcurrency(max) {
  if (max === undefined) return (handler) => handler;
  let running = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  return (handler) => async (input, context) => {
    if (running >= max) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    else running += 1;
    try {
      return await handler(input, context);
    } finally {
      // Passes its place on, so that no place is free while a call waits.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

module.exports = { limitConcurrency };
