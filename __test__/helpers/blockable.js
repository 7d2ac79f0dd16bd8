// @ts-check
'use strict';

const { callTask } = require('./http.js');
const { startWorker } = require('./worker.js');

const HELD = 0;
const RUNS = 1;

/**
 * A server in a worker whose JavaScript thread can be blocked: task `block` blocks it until `release`, task `count`
 * counts how often it ran, task `ping` returns "pong".
 *
 * @param {{ after: (fn: () => Promise<unknown>) => void }} t
 * @param {object} [options] of TunnelServer, cloned
 * @param {object} [blockOptions] of the registration of `block`
 */
async function startBlockable(t, options = {}, blockOptions = {}) {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const release = () => {
    Atomics.store(cells, HELD, 0);
    Atomics.notify(cells, HELD);
  };
  t.after(async () => release());
  const { worker, next } = startWorker(t, serveBlockable, { cells, options, blockOptions });
  const { port } = await next();

  return {
    port,
    worker,
    release,
    runs: () => Atomics.load(cells, RUNS),
    /** Resolves when the thread is blocked; `response` is that of the call that holds it. */
    async block() {
      Atomics.store(cells, HELD, 1);
      const response = callTask(port, 'block', undefined, { headers: { 'x-runner-token': 'good' } });
      response.catch(() => {});
      await next();
      return { response };
    },
  };
}

/** @param {import('./inside.js').World} world */
async function serveBlockable({ makeServer, data, send }) {
  const { cells, options, blockOptions } = data;
  const server = makeServer(options);
  const block = () => {
    send('blocked');
    Atomics.wait(cells, 0, 1);
    return 'released';
  };
  server.registerTask('block', block, blockOptions);
  server.registerTask('count', () => Atomics.add(cells, 1, 1) + 1);
  server.registerTask('ping', () => 'pong');
  send(await server.listen());
}

module.exports = { startBlockable };
