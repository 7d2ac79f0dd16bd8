// @ts-check
'use strict';

/**
 * What supervision knows of a kind of worker. The launchers of threads and of processes implement it.
 *
 * @typedef {object} Launcher
 * @property {(listener: WorkerListener) => WorkerHandle} launch starts a worker; throws where that cannot even begin
 *
 * @typedef {object} WorkerListener hears of a worker; not before `launch` has returned
 * @property {() => void} ready it takes calls
 * @property {(memoryBytes: number | undefined) => void} pong it has answered a ping
 * @property {() => void} drained it runs no calls any more
 * @property {(reason: string) => void} failed it cannot be used, as its handlers disagree with others
 * @property {(exit: WorkerExit) => void} exited it is gone, and what it ran has failed
 *
 * @typedef {object} WorkerExit
 * @property {string} reason as a log line says it
 * @property {unknown} [cause] what it threw
 *
 * @typedef {object} WorkerHandle a worker that was started
 * @property {number} id unique within a server
 * @property {{ threadId: number } | { pid: number | undefined }} identity
 * @property {() => WorkerUsage} usage
 * @property {() => void} ping asks for a pong
 * @property {() => void} drain gives it no more calls
 * @property {() => void} end asks it to end, once it is drained
 * @property {() => void} terminate ends it; what it runs fails
 * @property {() => void} kill ends it, whatever it does about it
 *
 * @typedef {object} WorkerUsage
 * @property {number} calls that it has completed
 * @property {number} inFlight calls that it runs
 * @property {number} overdueMs how far the call that is latest is past its deadline
 */

module.exports = {};
