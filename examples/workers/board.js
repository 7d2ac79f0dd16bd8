// @ts-check
'use strict';

const EVERY_MS = 100;
const CLEAR_BELOW = '\x1b[J';
const up = (/** @type {number} */ lines) => `\x1b[${lines}A`;
const whole = (/** @type {number} */ value) => value.toLocaleString('en-US');

/** Draws the workers of a pool: again and again in place on a terminal, and once at each step elsewhere. */
class Board {
  #pool;
  #load;
  #step = '';
  #drawn = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {import('@bluelibs/runner-native').WorkerPool} pool
   * @param {import('./load').Load} load
   */
  constructor(pool, load) {
    this.#pool = pool;
    this.#load = load;
    if (process.stdout.isTTY) this.#timer = setInterval(() => this.#draw(), EVERY_MS);
    else pool.on('worker', ({ type, worker, reason }) => this.#line(type, worker.id, reason));
  }

  /** @param {string} title */
  step(title) {
    if (!this.#timer) console.log(title);
    this.#step = title;
  }

  /** Draws for the last time. */
  end() {
    clearInterval(this.#timer);
    this.#step = 'Done';
    this.#draw();
  }

  #draw() {
    const { answered, failed, lost } = this.#load;
    const lines = [
      `> ${this.#step}`,
      '',
      '  worker                state      running               calls   memory',
      ...this.#pool.workers.map(row),
      '',
      `  answered ${whole(answered)}   failed ${failed}   lost ${lost}`,
    ];
    const back = this.#drawn && this.#timer ? `${up(this.#drawn)}${CLEAR_BELOW}` : '';
    process.stdout.write(`${back}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  /**
   * @param {string} type
   * @param {number | undefined} id
   * @param {string | undefined} reason
   */
  #line(type, id, reason) {
    console.log(`  worker ${id} ${type}${reason ? `: ${reason}` : ''}`);
  }
}

/** @param {import('@bluelibs/runner-native').WorkerInfo} worker */
function row({ id, kind, pid, threadId, state, inFlight, calls, memoryBytes }) {
  const name = `${id ?? ''} ${kind} ${pid ?? threadId ?? ''}`;
  const bar = '='.repeat(Math.min(inFlight, 16));
  const memory = memoryBytes === undefined ? '' : `${Math.round(memoryBytes / 2 ** 20)} MB`;
  return `  ${name.padEnd(20)}  ${state.padEnd(9)}  ${String(inFlight).padStart(2)} ${bar.padEnd(16)} ${whole(calls).padStart(7)}  ${memory.padStart(7)}`;
}

module.exports = { Board };
