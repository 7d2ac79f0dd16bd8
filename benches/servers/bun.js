// @ts-check
'use strict';

const { TOKEN, TOKEN_HEADER } = require('../lib/workload');
const { ready } = require('./lifecycle');

/** @param {(input: any) => unknown} task */
const post = (task) => ({
  POST: async (/** @type {Request} */ request) => {
    if (request.headers.get(TOKEN_HEADER) !== TOKEN) return Response.json({ ok: false }, { status: 401 });
    /** @type {any} */
    let parsed;
    try {
      parsed = await request.json();
    } catch {
      return Response.json({ ok: false }, { status: 400 });
    }
    return Response.json({ ok: true, result: task(parsed.input) });
  },
});

const server = /** @type {any} */ (globalThis).Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  // The maximum, in seconds.
  idleTimeout: 255,
  routes: {
    '/__runner/task/small': post(({ a, b }) => a + b),
    '/__runner/task/echo': post((input) => input),
  },
  fetch: () => Response.json({ ok: false }, { status: 404 }),
});
ready(server.port);
