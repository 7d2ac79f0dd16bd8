// @ts-check
'use strict';

/** Messages in order of arrival, awaited one at a time. */
function inbox() {
  /** @type {any[]} */
  const messages = [];
  /** @type {{ resolve: (message: any) => void, reject: (error: Error) => void }[]} */
  const waiting = [];
  /** @type {Error | undefined} */
  let ended;
  return {
    /** @param {any} message */
    push(message) {
      const first = waiting.shift();
      if (first) first.resolve(message);
      else messages.push(message);
    },
    /**
     * Ends the inbox: pending waits reject with the reason.
     *
     * @param {Error} error
     */
    end(error) {
      ended = error;
      for (const { reject } of waiting.splice(0)) reject(error);
    },
    /** @returns {Promise<any>} */
    next() {
      if (messages.length > 0) return Promise.resolve(messages.shift());
      if (ended) return Promise.reject(ended);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
}

module.exports = { inbox };
