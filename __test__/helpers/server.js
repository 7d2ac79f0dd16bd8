// @ts-check
'use strict';

// The one place in the tests that names the package under test.
const { TunnelError, TunnelServer, TunnelWorker, version } = require('../../index.js');

/** How long the server may drain when a test is over: its responses are read by then. */
const CLOSE_MS = 100;

/** For tests that wait for `close` while a raw client keeps its side open: all that was written has been read. */
const SHORT_LINGER = { lingerTimeoutMs: 20 };

/**
 * A listening server on a free port of 127.0.0.1 that closes itself with the test.
 *
 * @param {{ after: (fn: () => Promise<void>) => void }} t the test's context
 * @param {Record<string, unknown>} [options] of TunnelServer; `port` is 0 unless given
 * @param {(server: TunnelServer) => void} [setup] registers handlers before the server listens
 */
async function startServer(t, options = {}, setup = () => {}) {
  const server = makeServer(options);
  setup(server);
  t.after(() => server.close({ timeoutMs: CLOSE_MS }));
  const { port } = await server.listen();
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/**
 * A server that does not listen yet. Options are loose here, since tests pass wrong ones on purpose.
 *
 * @param {any} [options]
 * @returns {TunnelServer}
 */
function makeServer(options = {}) {
  return new TunnelServer({ port: 0, ...options });
}

/**
 * A logger that keeps its events as `{ level, message, data }`: failures in `entries`, the life cycle of the server in
 * `notices`, the stacks of errors in `stacks`.
 */
function recordingLogger() {
  /** @typedef {{ level: string, message: string, data: any }} Entry */
  /** @type {Entry[]} */
  const entries = [];
  /** @type {Entry[]} */
  const notices = [];
  /** @type {string[]} */
  const stacks = [];
  /** @param {string} level @param {Entry[]} into */
  const record =
    (level, into) =>
    /** @param {string} message @param {any} [data] */
    (message, data) => {
      // Stacks depend on the machine, so tests compare the messages.
      const { stack, ...rest } = data ?? {};
      into.push({ level, message, data: rest });
      if (stack !== undefined) stacks.push(stack);
    };
  return {
    entries,
    notices,
    stacks,
    error: record('error', entries),
    warn: record('warn', entries),
    info: record('info', notices),
  };
}

module.exports = {
  SHORT_LINGER,
  startServer,
  makeServer,
  recordingLogger,
  TunnelServer,
  TunnelError,
  TunnelWorker,
  version,
};
