// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { describe, messageOf, show } = require('../errors');
const { CLOSE_TIMEOUT, DEFAULT_CLOSE_TIMEOUT_MS, isMilliseconds } = require('../registration');
const { ExitCode } = require('./exit-codes');
const { FORMATS, LogWriter } = require('./log-writer');
const { runScript } = require('./main-thread');
const { DEFAULT_PORT } = require('./options');
const { startupTable } = require('./startup-table');
const { closeOnSignals } = require('./termination');

/** The messages that the command adds to the log of the server. */
const CliLogKey = Object.freeze({
  READY: 'cli.ready',
  CLOSING: 'cli.closing',
  SCRIPT_ERROR: 'cli.script.error',
  LISTEN_ERROR: 'cli.listen.error',
});

/**
 * @typedef {object} Plan what is to be served
 * @property {import('../server').TunnelServer} server
 * @property {LogWriter} log
 * @property {string} script absolute path
 * @property {number} closeTimeoutMs
 */

/**
 * Makes the server that the settings describe, and adds every problem of theirs.
 *
 * @param {import('./settings').Settings} settings
 * @param {{ stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv, cwd: string }} io
 * @returns {Plan | undefined} nothing if there is a problem
 */
function plan(settings, { stdout, env, cwd }) {
  const { log: format, closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS, script, ...options } = settings.values;
  const refuse = (
    /** @type {string} */ at,
    /** @type {unknown} */ received,
    /** @type {string} */ expected,
  ) => {
    settings.problems.push(settings.locate({ path: at, received: show(received), expected }));
  };
  if (format !== undefined && !FORMATS.includes(format)) refuse('log', format, FORMATS.join(' or '));
  if (!isMilliseconds(closeTimeoutMs, 0)) refuse('closeTimeoutMs', closeTimeoutMs, CLOSE_TIMEOUT);
  const file = typeof script === 'string' && script !== '' ? path.resolve(cwd, script) : undefined;
  if (file === undefined || !fs.existsSync(file))
    refuse('script', script, 'the path of a script that exists');
  if (options.logger !== undefined) refuse('logger', options.logger, 'nothing: the log goes to stdout');
  const log = new LogWriter(stdout, format, env);
  const server = createServer({ port: DEFAULT_PORT, ...options }, log, settings);
  if (settings.problems.length > 0 || server === undefined || file === undefined) return undefined;
  return { server, log, script: file, closeTimeoutMs };
}

/**
 * @param {any} options
 * @param {LogWriter} logger
 * @param {import('./settings').Settings} settings
 */
function createServer(options, logger, settings) {
  const { TunnelServer } = require('../server');
  try {
    return new TunnelServer({ ...options, logger });
  } catch (error) {
    if (error.code !== 'CONFIG_INVALID') throw error;
    settings.problems.push(...error.problems.map((/** @type {any} */ problem) => settings.locate(problem)));
    return undefined;
  }
}

/**
 * Serves until a signal closes the server.
 *
 * @param {Plan} plan
 * @param {(code: number) => void} exit
 */
async function serve({ server, log, script, closeTimeoutMs }, exit) {
  let options;
  try {
    options = await runScript(server, script);
  } catch (error) {
    log.error(CliLogKey.SCRIPT_ERROR, { script, ...describe(error) });
    exit(ExitCode.FAILED);
    return;
  }
  const { onShutdown } = options;
  closeOnSignals(async (signal) => {
    log.info(CliLogKey.CLOSING, { signal, timeoutMs: closeTimeoutMs });
    await server.close({ timeoutMs: closeTimeoutMs });
    exit(await shutDown(onShutdown, log, script));
  }, exit);
  await listen(server, log, script, closeTimeoutMs, exit);
}

/**
 * @param {Plan['server']} server
 * @param {LogWriter} log
 * @param {string} script
 * @param {number} closeTimeoutMs
 * @param {(code: number) => void} exit
 */
async function listen(server, log, script, closeTimeoutMs, exit) {
  let address;
  try {
    address = await server.listen();
  } catch (error) {
    log.error(CliLogKey.LISTEN_ERROR, { error: messageOf(error), code: error.code });
    exit(ExitCode.ADDRESS);
    return;
  }
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const facts = {
    url: `http://${host}:${address.port}`,
    workers: `none: ${path.basename(script)} runs in this process`,
    tasks: await server.getTaskIds(),
    events: await server.getEventIds(),
    closeTimeoutMs,
  };
  if (log.isPretty) log.text(startupTable(facts));
  else log.info(CliLogKey.READY, { ...facts, script, pid: process.pid });
}

/**
 * @param {(() => unknown) | undefined} onShutdown
 * @param {LogWriter} log
 * @param {string} script
 */
async function shutDown(onShutdown, log, script) {
  try {
    await onShutdown?.();
    return ExitCode.OK;
  } catch (error) {
    log.error(CliLogKey.SCRIPT_ERROR, { script, ...describe(error) });
    return ExitCode.FAILED;
  }
}

module.exports = { CliLogKey, plan, serve };
