// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const readline = require('node:readline');

/**
 * Child processes of the benchmark. Each writes lines of JSON to stdout, and exits when its stdin ends, so that none
 * outlives the harness, however that ends.
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

const START_MS = 30_000;
const STOP_MS = 5_000;

class Child {
  /** @type {Record<string, unknown>[]} */
  #lines = [];
  /** @type {{ resolve: (line: any) => void, reject: (error: Error) => void }[]} */
  #readers = [];
  #ended = false;

  /**
   * @param {string} name for messages
   * @param {string[]} command
   * @param {{ openFiles?: number, env?: NodeJS.ProcessEnv }} [options] openFiles: the descriptors that it needs
   */
  constructor(name, command, { openFiles, env } = {}) {
    this.name = name;
    const [file, ...args] = openFiles ? withOpenFiles(openFiles, command) : command;
    this.process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    alive.add(this.process);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        alive.delete(this.process);
        resolve(signal ?? code);
      });
    });
    this.process.once('error', (error) => this.#end(error));
    this.process.stdin?.on('error', () => {});
    const lines = readline.createInterface({ input: /** @type {any} */ (this.process.stdout) });
    lines.on('line', (line) => this.#line(line));
    lines.on('close', () => this.#end(new Error(`${name} ended.`)));
  }

  get pid() {
    return /** @type {number} */ (this.process.pid);
  }

  /**
   * The next line that the child prints.
   * @returns {Promise<any>}
   */
  next() {
    const line = this.#lines.shift();
    if (line) return Promise.resolve(line);
    if (this.#ended) return Promise.reject(new Error(`${this.name} ended.`));
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** @param {string} line */
  tell(line) {
    this.process.stdin?.write(`${line}\n`);
  }

  /**
   * Sends it a line, and returns the line that it sends back.
   * @param {string} command
   */
  ask(command) {
    this.tell(command);
    return this.next();
  }

  /** Ends its stdin, waits, and kills it when it does not leave by itself. */
  async stop() {
    if (this.process.pid === undefined) return;
    this.process.stdin?.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await this.exited;
    clearTimeout(timer);
  }

  /** @param {string} text */
  #line(text) {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text);
    const reader = this.#readers.shift();
    if (reader) reader.resolve(line);
    else this.#lines.push(line);
  }

  /** @param {Error} error */
  #end(error) {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader.reject(error);
  }
}

/**
 * `exec` keeps the process id, so what is measured is the server and not the shell.
 * @param {number} count
 * @param {string[]} command
 */
function withOpenFiles(count, command) {
  return ['sh', '-c', `ulimit -n ${count} || exit 1; exec "$@"`, 'sh', ...command];
}

/**
 * Starts a server and waits until it says on which port it listens.
 * @param {import('./peers').Peer} peer
 * @param {{ openFiles?: number }} [options]
 */
async function startServer(peer, options) {
  const child = new Child(peer.name, peer.command, { ...options, env: peer.env });
  const timer = setTimeout(() => child.process.kill('SIGKILL'), START_MS);
  try {
    const { port } = await child.next();
    return { peer, child, pid: child.pid, port: /** @type {number} */ (port) };
  } catch (error) {
    throw new Error(`The server ${peer.name} did not start.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

module.exports = { Child, startServer };
