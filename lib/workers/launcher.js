// @ts-check
'use strict';

/**
 * The interface of supervision to a kind of worker, which the launchers of threads and of processes implement.
 *
 * @typedef {object} Launcher
 * @property {(listener: WorkerListener) => WorkerHandle} launch starts a worker; throws if it cannot be started
 *
 * @typedef {object} WorkerListener gets the events of a worker, after `launch` has returned
 * @property {() => void} ready the worker accepts calls
 * @property {(memoryBytes: number | undefined) => void} pong the worker has responded to a ping
 * @property {() => void} drained the worker runs no more calls
 * @property {(reason: string) => void} failed the worker cannot be used, since its handlers conflict with others
 * @property {(exit: WorkerExit) => void} exited the worker has ended, and its calls have failed
 *
 * @typedef {object} WorkerExit
 * @property {string} reason for the log
 * @property {unknown} [cause] what it threw
 *
 * @typedef {object} WorkerHandle a started worker
 * @property {number} id unique within a server
 * @property {{ threadId: number } | { pid: number | undefined }} identity
 * @property {() => WorkerUsage} usage
 * @property {() => void} ping sends a ping
 * @property {() => void} drain stops giving it calls
 * @property {() => void} end asks it to end, once it is drained
 * @property {() => void} terminate ends it, and fails its calls
 * @property {() => void} kill ends it by force
 *
 * @typedef {object} WorkerUsage
 * @property {number} calls that it has completed
 * @property {number} inFlight calls that it runs
 * @property {number} overdueMs how far its most overdue call is past the deadline
 *
 * @typedef {object} LauncherDeps
 * @property {import('../../binding').NativeServer} native
 * @property {number} pool
 * @property {import('./options').PoolConfig} config
 * @property {import('../../index').TunnelLogger | undefined} logger
 * @property {Map<number, (notice: any) => void>} notices the receivers of notices about workers, by number
 */

/** The usage of a worker that the core no longer knows. */
const NO_USAGE = Object.freeze({ calls: 0, inFlight: 0, overdueMs: 0 });

module.exports = { NO_USAGE };
