// @ts-check
'use strict';

/** The messages that the command adds to the log of the server. */
const CliLogKey = Object.freeze({
  READY: 'cli.ready',
  CLOSING: 'cli.closing',
  RELOADING: 'cli.reloading',
  RELOADED: 'cli.reloaded',
  RELOAD_ERROR: 'cli.reload.error',
  SCRIPT_ERROR: 'cli.script.error',
  WORKERS_ERROR: 'cli.workers.error',
  LISTEN_ERROR: 'cli.listen.error',
});

module.exports = { CliLogKey };
