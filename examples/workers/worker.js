// @ts-check
'use strict';

// Tasks and events in a process without HTTP. The server that starts it talks to it over stdin and stdout.

const { createHash } = require('node:crypto');
const { setTimeout: wait } = require('node:timers/promises');
const { TunnelError, serveWorker } = require('@bluelibs/runner-native/worker');

/**
 * Counted the slow way, which keeps a processor busy.
 *
 * @param {number} n
 * @returns {number}
 */
function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

serveWorker({
  tasks: {
    'app.tasks.add': (/** @type {{ a: number, b: number }} */ { a, b }) => a + b,

    'app.tasks.fibonacci': (/** @type {{ n: number }} */ { n }) => {
      if (n <= 40) return fibonacci(n);
      throw new TunnelError({ message: 'n is at most 40', code: 'TOO_LARGE', httpCode: 400, data: { n } });
    },

    // Safe to run again: the server does so if the worker dies.
    'app.tasks.pid': { handler: () => process.pid, idempotent: true },

    // Ends early if its client leaves or its deadline passes.
    'app.tasks.wait': {
      handler: async (/** @type {{ ms: number }} */ { ms }, { signal }) => {
        await wait(ms, undefined, { signal });
        return { waitedMs: ms };
      },
      timeoutMs: 60_000,
    },

    // A streaming response.
    'app.tasks.count': async function* (/** @type {{ to: number }} */ { to }) {
      for (let at = 1; at <= to; at += 1) yield { at };
    },

    // An upload of any size.
    'app.tasks.hash': async (_, { body }) => {
      const hash = createHash('sha256');
      for await (const chunk of body ?? []) hash.update(chunk);
      return hash.digest('hex');
    },
  },

  events: {
    // stdout is reserved for the protocol: this goes to stderr, and from there to the log of the server.
    'app.events.notify': (/** @type {unknown} */ payload) => console.log('notified:', payload),
  },
});
