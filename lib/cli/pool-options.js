// @ts-check
'use strict';

/**
 * The options of a pool that the command line has, by path: their names where these do not follow from the path, and their
 * descriptions. Types, ranges and defaults are those of `lib/workers/spec.js`; a test checks that no path is missing.
 *
 * @type {Record<string, import('./server-options').Description>}
 */
const POOL_OPTIONS = {
  threads: { help: 'Runs the script in so many threads; auto: one less than there are cores.' },
  processes: { flag: 'workers', help: 'Runs the script in so many processes; auto: as for threads.' },
  command: {
    help: 'Runs a program in processes, instead of a script: its words, with quotes as in a shell.',
  },
  cwd: { help: 'Working directory of the processes.', value: 'FOLDER' },
  execArgv: { help: 'Argument for Node, such as --enable-source-maps.', value: 'ARG' },
  tasks: { flag: 'task', help: 'Task of a program that does not announce its own.', value: 'ID' },
  events: { flag: 'event', help: 'Event of such a program.', value: 'ID' },
  maxInFlight: { help: 'Most calls that a worker runs at once.' },
  startTimeoutMs: { help: 'Longest time for a worker to become ready.' },
  maxCalls: { help: 'Calls after which a worker is replaced.' },
  maxAgeMs: { help: 'Age at which a worker is replaced.' },
  maxMemoryBytes: { help: 'Memory at which a worker is replaced.' },
  pingIntervalMs: { help: 'Time between two checks of a worker.' },
  pingTimeoutMs: { help: 'Silence after which a worker is replaced; 0: never.' },
  killAfterMs: { help: 'Time past the deadline of a call after which its worker is ended.' },
  'restart.minDelayMs': { help: 'Wait before the first restart of a worker; doubled while starts fail.' },
  'restart.maxDelayMs': { help: 'Longest wait before a restart.' },
  'restart.maxFailures': { help: 'Failed starts in a row after which the command gives up.' },
  drainTimeoutMs: { help: 'Longest time for a worker to finish its calls before it is ended.' },
};

/** Options that only the configuration file has, and the script, which is an option of the command. */
const FILE_ONLY = ['script', 'args', 'env', 'workerData', 'resourceLimits'];

module.exports = { FILE_ONLY, POOL_OPTIONS };
