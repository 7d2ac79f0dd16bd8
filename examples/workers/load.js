// @ts-check
'use strict';

const { send } = require('../support/send.js');

const CLIENTS = 24;

/** Clients that call a task over and over, and count what they got. */
class Load {
  answered = 0;
  /** Calls that were answered with 500. */
  failed = 0;
  /** Calls that got another response, a wrong result, or none. */
  lost = 0;

  #stopping = false;
  /** @type {Promise<void[]>} */
  #clients;

  /** @param {number} port */
  constructor(port) {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#run(port)));
  }

  /** Resolves once every call that was sent has ended. */
  async stop() {
    this.#stopping = true;
    await this.#clients;
  }

  /** @param {number} port */
  async #run(port) {
    for (let n = 0; !this.#stopping; n += 1) {
      const body = { input: { a: n, b: 1 } };
      const response = await send(port, { path: 'task/demo.add', body }).catch(() => undefined);
      if (response?.status === 200 && response.json.result === n + 1) this.answered += 1;
      else if (response?.status === 500) this.failed += 1;
      else this.lost += 1;
    }
  }
}

module.exports = { CLIENTS, Load };
