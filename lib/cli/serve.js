// @ts-check
'use strict';

const { describe, messageOf } = require('../errors');
const { ExitCode } = require('./exit-codes');
const { CliLogKey } = require('./log-keys');
const { Reloader } = require('./reloader');
const { startupTable } = require('./startup-table');
const { closeOnSignals } = require('./termination');
const { watchFolder } = require('./watch');
const { startWorkload } = require('./workload');

/**
 * @typedef {import('./plan').Plan} Plan
 * @typedef {import('./workload').Workload} Workload
 * @typedef {(code: number) => void} Exit
 */

/**
 * Serves until a signal closes the server.
 *
 * @param {Plan} plan
 * @param {Exit} exit
 */
async function serve(plan, exit) {
  const { log, pool, script } = plan;
  /** @type {Workload | undefined} */
  let workload;
  closeOnSignals((signal) => close(plan, workload, signal, exit), exit);
  try {
    workload = await startWorkload(plan, () => exit(ExitCode.FAILED));
  } catch (error) {
    const key = pool === undefined ? CliLogKey.SCRIPT_ERROR : CliLogKey.WORKERS_ERROR;
    log.error(key, { script, ...describe(error) });
    exit(ExitCode.FAILED);
    return;
  }
  if (workload.reload !== undefined) reloadOnDemand(workload.reload, plan);
  await listen(plan, workload, exit);
}

/**
 * @param {() => Promise<void>} reload
 * @param {Plan} plan
 */
function reloadOnDemand(reload, { log, watched }) {
  const reloader = new Reloader(reload, log);
  process.on('SIGHUP', () => reloader.request('SIGHUP'));
  if (watched !== undefined) watchFolder(watched, () => reloader.request('watch'));
}

/**
 * @param {Plan} plan
 * @param {Workload} workload
 * @param {Exit} exit
 */
async function listen({ server, log, script, closeTimeoutMs }, workload, exit) {
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
    workers: workload.description,
    tasks: await server.getTaskIds(),
    events: await server.getEventIds(),
    closeTimeoutMs,
  };
  if (log.isPretty) log.text(startupTable(facts));
  else log.info(CliLogKey.READY, { ...facts, script, pid: process.pid });
}

/**
 * @param {Plan} plan
 * @param {Workload | undefined} workload nothing if it has not started yet
 * @param {string} signal
 * @param {Exit} exit
 */
async function close({ server, log, script, closeTimeoutMs }, workload, signal, exit) {
  log.info(CliLogKey.CLOSING, { signal, timeoutMs: closeTimeoutMs });
  await server.close({ timeoutMs: closeTimeoutMs });
  try {
    await workload?.onShutdown?.();
    exit(ExitCode.OK);
  } catch (error) {
    log.error(CliLogKey.SCRIPT_ERROR, { script, ...describe(error) });
    exit(ExitCode.FAILED);
  }
}

module.exports = { serve };
