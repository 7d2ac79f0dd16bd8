// @ts-check
'use strict';

const path = require('node:path');
const { fileURLToPath } = require('node:url');

const { LogKey, log } = require('../log');
const { NO_USAGE } = require('./launcher');

/**
 * @typedef {import('./launcher').WorkerListener} WorkerListener
 * @typedef {import('./launcher').WorkerHandle} WorkerHandle
 */

/** Starts child processes. The core exchanges JSON lines with them. */
class ProcessLauncher {
  #deps;

  /** @param {import('./launcher').LauncherDeps} deps */
  constructor(deps) {
    this.#deps = deps;
  }

  /** @param {WorkerListener} listener @returns {WorkerHandle} */
  launch(listener) {
    const { native, pool, config, notices } = this.#deps;
    const id = native.spawnWorker(pool, commandOf(config));
    /** @type {{ pid: number | undefined }} */
    const identity = { pid: undefined };
    notices.set(id, (notice) => this.#onNotice(id, notice, identity, listener));
    return {
      id,
      identity,
      usage: () => native.workerUsage(id) ?? NO_USAGE,
      ping: () => native.pingWorker(id),
      drain: () => native.drainWorker(id),
      end: () => native.endWorker(id, 'shutdown'),
      terminate: () => native.endWorker(id, 'SIGTERM'),
      kill: () => native.endWorker(id, 'SIGKILL'),
    };
  }

  /**
   * @param {number} id
   * @param {any} notice
   * @param {{ pid: number | undefined }} identity
   * @param {WorkerListener} listener
   */
  #onNotice(id, notice, identity, listener) {
    const { logger, notices } = this.#deps;
    const { pid } = identity;
    switch (notice.event) {
      case 'spawned':
        identity.pid = notice.pid;
        break;
      case 'ready':
        listener.ready();
        break;
      case 'pong':
        listener.pong(notice.memoryBytes);
        break;
      case 'drained':
        listener.drained();
        break;
      case 'conflict':
        listener.failed(notice.message);
        break;
      case 'stderr':
        log(logger, 'info', LogKey.WORKER_OUTPUT, { worker: id, pid, line: notice.line });
        break;
      case 'fault':
        log(logger, 'error', LogKey.WORKER_FAULT, {
          worker: id,
          pid,
          error: notice.message,
          line: notice.line,
        });
        break;
      case 'failed':
        log(logger, 'error', notice.kind === 'task' ? LogKey.TASK_ERROR : LogKey.EVENT_ERROR, {
          error: notice.message,
          stack: notice.stack,
          code: notice.code,
          requestId: notice.requestId,
          id: notice.id,
          worker: id,
        });
        break;
      case 'exited':
        notices.delete(id);
        listener.exited({ reason: exitReason(notice) });
        break;
    }
  }
}

/**
 * The command line: a program, or Node with a script.
 *
 * @param {import('./options').PoolConfig} config
 */
function commandOf({ script, command = process.execPath, args, execArgv = [], cwd, env, tasks, events }) {
  const file = script === undefined ? [] : [...execArgv, pathOf(script)];
  return { command, args: [...file, ...args], cwd, env: withPath(env), tasks, events };
}

/** @param {string | URL} script */
function pathOf(script) {
  return typeof script === 'string' ? path.resolve(script) : fileURLToPath(script);
}

/**
 * The environment of a process: that of this process, or the given one and `PATH`.
 *
 * @param {import('./options').PoolConfig['env']} env
 * @returns {[name: string, value: string][]}
 */
function withPath(env) {
  const { PATH } = process.env;
  const given =
    env === undefined
      ? process.env
      : { ...(PATH === undefined ? {} : { PATH }), .../** @type {object} */ (env) };
  return /** @type {[string, string][]} */ (Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @param {{ code?: number | null, signal?: string | null, error?: string }} exit */
function exitReason({ code, signal, error }) {
  if (error) return error;
  return signal ? `signal ${signal}` : `exit code ${code}`;
}

module.exports = { ProcessLauncher };
