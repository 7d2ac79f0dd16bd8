// @ts-check
'use strict';

const { describe } = require('../errors');
const { CliLogKey } = require('./log-keys');

/** Replaces workers, one reload after the other. What is asked for during one is one more behind it. */
class Reloader {
  #reload;
  #log;
  #isRunning = false;
  /** @type {string | undefined} */
  #next;

  /**
   * @param {() => Promise<void>} reload
   * @param {import('./log-writer').LogWriter} log
   */
  constructor(reload, log) {
    this.#reload = reload;
    this.#log = log;
  }

  /** @param {string} reason */
  async request(reason) {
    this.#next = reason;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#next !== undefined) {
      const current = this.#next;
      this.#next = undefined;
      await this.#run(current);
    }
    this.#isRunning = false;
  }

  /** @param {string} reason */
  async #run(reason) {
    this.#log.info(CliLogKey.RELOADING, { reason });
    try {
      await this.#reload();
      this.#log.info(CliLogKey.RELOADED, { reason });
    } catch (error) {
      this.#log.error(CliLogKey.RELOAD_ERROR, { reason, ...describe(error) });
    }
  }
}

module.exports = { Reloader };
