// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { callTask, keepAliveAgent } = require('./http.js');
const { QUICK } = require('./pool.js');
const { startServer } = require('./server.js');

const CLIENTS = 16;
const script = path.join(__dirname, 'recorded-worker.js');

/**
 * A server with a pool of two workers that record which calls they start.
 *
 * @param {import('node:test').TestContext} t
 * @param {'threads' | 'processes'} kind
 * @param {object} [options] of the pool
 */
async function recordedPool(t, kind, options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-native-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'started');
  const { server, port } = await startServer(t);
  const pool = await server.startWorkers({
    ...QUICK,
    script,
    ...(kind === 'threads' ? { threads: 2, workerData: file } : { processes: 2, args: [file] }),
    ...options,
  });
  return { port, pool, load: new Load(t, port), starts: () => countStarts(file) };
}

/** Clients that call without a pause. Calls are numbered, and each response is kept by its number. */
class Load {
  sent = 0;
  /** @type {number[]} */
  answered = [];
  /** @type {number[]} calls that had been handed to a worker that was lost */
  failed = [];
  /** @type {string[]} every other response, and errors of the connection */
  lost = [];

  #agent;
  #port;

  /**
   * @param {import('node:test').TestContext} t
   * @param {number} port
   */
  constructor(t, port) {
    this.#agent = keepAliveAgent(t, CLIENTS);
    this.#port = port;
  }

  /** @param {() => boolean} isEnough asked before each call */
  async run(isEnough) {
    const client = async () => {
      while (!isEnough()) await this.#call(this.sent++);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  /** @param {number} number */
  async #call(number) {
    try {
      const { status, json, text } = await callTask(this.#port, 'record', number, { agent: this.#agent });
      if (status === 200 && json.result === number) this.answered.push(number);
      else if (status === 500 && json.error.code === 'WORKER_LOST') this.failed.push(number);
      else this.lost.push(`${number}: ${status} ${text}`);
    } catch (error) {
      this.lost.push(`${number}: ${error.message}`);
    }
  }
}

/**
 * How often each call was started, by its number.
 *
 * @param {string} file
 */
function countStarts(file) {
  const counts = new Map();
  for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean))
    counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
  return counts;
}

module.exports = { CLIENTS, recordedPool };
