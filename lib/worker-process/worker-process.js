// @ts-check
'use strict';

const { messageOf, show } = require('../errors');
const { parse } = require('../primordials');
const { serverScope } = require('../scope');
const { outcome } = require('../thenable');
const { ProcessCall } = require('./call');
const { announced } = require('./handlers');
const { LineSplitter } = require('./lines');
const { notFound, notStarted, ready, succeeded } = require('./messages');
const { Output } = require('./output');

/** How long calls may still run after the server is gone. */
const ORPHAN_TIMEOUT_MS = 5_000;

/**
 * @typedef {object} Stdio the connection to the server, and the exit of the process
 * @property {import('node:stream').Readable} input
 * @property {(text: string, callback?: () => void) => unknown} write
 * @property {(message: string) => void} warn writes a line to the log
 * @property {(code: number) => void} exit
 */

/** The worker side of the protocol: reads messages, runs calls, writes lines, and ends the process. */
class WorkerProcess {
  #options;
  #stdio;
  #output;
  #lines = new LineSplitter();
  #scope = serverScope();
  /** The calls that run. @type {Map<number, ProcessCall>} */
  #calls = new Map();
  #ending = false;
  #finished = false;

  /**
   * @param {import('./handlers').WorkerOptions} options
   * @param {Stdio} stdio
   */
  constructor(options, stdio) {
    this.#options = options;
    this.#stdio = stdio;
    this.#output = new Output(stdio.write);
  }

  /** Announces the handlers and starts to read. */
  start() {
    const { tasks, events, maxInFlight } = this.#options;
    this.#output.add(ready({ tasks: announced(tasks), events: announced(events) }, maxInFlight));
    this.#output.flush();
    const { input } = this.#stdio;
    input.on('data', (piece) => this.#scope.runInAsyncScope(this.#read, this, piece));
    input.on('end', () => this.#onServerGone());
    input.on('error', () => this.#onServerGone());
  }

  /** @param {Buffer} piece */
  #read(piece) {
    this.#output.hold();
    try {
      const messages = this.#lines.push(piece).flatMap((line) => this.#parse(line));
      const cancelled = new Set(messages.flatMap(({ type, id }) => (type === 'cancel' ? [id] : [])));
      for (const message of messages) this.#handle(message, cancelled);
    } finally {
      this.#output.release();
    }
  }

  /**
   * @param {string} line
   * @returns {any[]} the message; empty if the line is not a message
   */
  #parse(line) {
    if (line === '') return [];
    try {
      const message = parse(line);
      if (message !== null && typeof message === 'object') return [message];
    } catch {
      // Reported below.
    }
    this.#stdio.warn(`a line that is not a message: ${show(line)}`);
    return [];
  }

  /**
   * @param {import('./messages').Message} message
   * @param {Set<number>} cancelled ids of calls whose cancellation has arrived, too
   */
  #handle(message, cancelled) {
    switch (message.type) {
      case 'task':
      case 'event':
        if (cancelled.has(message.id)) this.#output.add(notStarted(message.id));
        else this.#begin(message);
        break;
      case 'ping':
        this.#output.add(succeeded(message.id, `{"memoryBytes":${process.memoryUsage.rss()}}`));
        break;
      case 'cancel':
        this.#calls.get(message.id)?.cancel(message.reason);
        break;
      case 'chunk':
      case 'file':
      case 'end':
        this.#calls.get(message.id)?.receive(message);
        break;
      case 'credit':
        this.#calls.get(message.id)?.credit(message.bytes);
        break;
      case 'shutdown':
        this.#end();
        break;
    }
  }

  /** @param {import('./messages').CallMessage} message */
  #begin(message) {
    const { id, type, taskId, eventId } = message;
    const { tasks, events } = this.#options;
    const handlerId = type === 'task' ? taskId : eventId;
    const entry = (type === 'task' ? tasks : events).get(handlerId ?? '');
    if (entry === undefined) {
      this.#output.add(notFound(id, type, handlerId));
      return;
    }
    const call = new ProcessCall(message, entry, this.#output, this.#onCallEnd);
    this.#calls.set(id, call);
    call.run();
  }

  /** @param {number} id */
  #onCallEnd = (id) => {
    this.#calls.delete(id);
    if (this.#ending && this.#calls.size === 0) this.#finish(0);
  };

  /** Ends the process after the calls that run. */
  #end() {
    this.#ending = true;
    if (this.#calls.size === 0) this.#finish(0);
  }

  /** Cancels the calls, whose clients are gone with the server, and ends the process after them. */
  #onServerGone() {
    if (this.#finished) return;
    setTimeout(() => this.#giveUp(), ORPHAN_TIMEOUT_MS);
    for (const call of [...this.#calls.values()]) call.cancel('client-left');
    this.#end();
  }

  #giveUp() {
    this.#stdio.warn(`the server is gone, and ${this.#calls.size} calls did not end`);
    this.#stdio.exit(1);
  }

  /** @param {number} code */
  async #finish(code) {
    if (this.#finished) return;
    this.#finished = true;
    let exitCode = code;
    try {
      await outcome(this.#options.onShutdown?.());
    } catch (error) {
      this.#stdio.warn(`onShutdown has failed: ${messageOf(error)}`);
      exitCode = 1;
    }
    this.#output.drain(() => this.#stdio.exit(exitCode));
  }
}

module.exports = { WorkerProcess };
