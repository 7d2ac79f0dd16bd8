// @ts-check
'use strict';

const { plain } = require('../adapter');
const { loadBinding } = require('../binding');
const { Bridge } = require('../bridge');
const { apiError, describe, messageOf, show } = require('../errors');
const { Hooks } = require('../hooks');
const { LogKey, log } = require('../log');
const { checkId, checkRegistered, checkRegistration } = require('../registration');
const { outcome } = require('../thenable');
const { openChannel, ownSeat } = require('./thread-seat');

const { NativeBridge } = loadBinding();

/** The worker of this thread, once `current()` was called. @type {TunnelWorker | undefined} */
let current;

/** Registers the handlers of a worker thread. Their calls work as on the main thread. */
class TunnelWorker {
  #native;
  #bridge;
  #channel;
  #logger;
  #isReady = false;
  /** @type {(() => unknown)[]} */
  #closeListeners = [];

  /**
   * Called by {@link joinPool} only.
   *
   * @param {import('./thread-seat').ThreadSeat} seat
   * @param {import('../adapter').Adapter} adapter
   */
  constructor(seat, adapter) {
    this.#native = join(seat);
    this.#channel = openChannel(seat, (message) => this.#onMessage(message));
    this.#logger = forward(this.#channel);
    this.#bridge = new Bridge(this.#native, adapter, new Hooks({ logger: this.#logger }), (notice) =>
      log(this.#logger, 'error', LogKey.PANIC, {
        error: notice.error,
        location: notice.location ?? undefined,
      }),
    );
  }

  /** Whether this thread was started by a pool. */
  static get isWorker() {
    return ownSeat !== undefined;
  }

  static current() {
    return joinPool(plain);
  }

  /**
   * @param {string} id
   * @param {(input: any, context: any) => unknown} handler
   * @param {object} [options]
   */
  registerTask(id, handler, options) {
    return this.#register('task', id, handler, options);
  }

  /**
   * @param {string} id
   * @param {(payload: any, context: any) => unknown} handler
   * @param {object} [options]
   */
  registerEvent(id, handler, options) {
    return this.#register('event', id, handler, options);
  }

  /** @param {string} id */
  unregisterTask(id) {
    return this.#unregister('task', id);
  }

  /** @param {string} id */
  unregisterEvent(id) {
    return this.#unregister('event', id);
  }

  ready() {
    if (this.#isReady) return this;
    this.#isReady = true;
    this.#bridge.open();
    this.#native.ready();
    this.#channel.postMessage({ type: 'ready' });
    return this;
  }

  /** @param {() => unknown} listener */
  onClose(listener) {
    if (typeof listener !== 'function') {
      throw apiError(
        TypeError,
        'HANDLER_INVALID',
        `onClose: received ${show(listener)}, expected a function`,
      );
    }
    this.#closeListeners.push(listener);
    return this;
  }

  /**
   * @param {'task' | 'event'} kind
   * @param {string} id
   * @param {(input: any, context: any) => unknown} handler
   * @param {any} options
   */
  #register(kind, id, handler, options) {
    const checked = checkRegistration(kind, id, handler, options);
    const { timeoutMs, parallel, idempotent } = checked;
    const number = this.#native.announce(kind, id, parallel, idempotent, timeoutMs);
    this.#bridge.add(checkRegistered(kind, id, checked, number), { id, kind, handler, parallel });
    return this;
  }

  /**
   * @param {'task' | 'event'} kind
   * @param {string} id
   */
  #unregister(kind, id) {
    checkId(kind, id);
    const number = this.#native.withdraw(kind, id);
    if (number === null) return false;
    this.#bridge.remove(number);
    return true;
  }

  /** @param {import('./thread-seat').ToThread} message */
  #onMessage(message) {
    if (message.type === 'ping') this.#channel.postMessage({ type: 'pong', memoryBytes: memoryOfThread() });
    else if (message.type === 'end') this.#end();
  }

  /** Ends the thread, which has completed its calls, after its streamed responses and the listeners. */
  async #end() {
    await this.#bridge.idle();
    for (const listener of this.#closeListeners) {
      try {
        await outcome(listener());
      } catch (error) {
        log(this.#logger, 'error', LogKey.WORKER_CLOSE_ERROR, describe(error));
      }
    }
    process.exit(0);
  }
}

/** @param {import('./thread-seat').ThreadSeat} seat */
function join({ server, worker }) {
  try {
    return NativeBridge.join(server, worker);
  } catch (error) {
    throw apiError(Error, 'STATE_INVALID', `TunnelWorker.current(): ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The worker of this thread.
 *
 * @param {import('../adapter').Adapter} adapter
 * @returns {TunnelWorker}
 */
function joinPool(adapter) {
  if (ownSeat === undefined) {
    throw apiError(
      Error,
      'STATE_INVALID',
      'TunnelWorker.current() is for threads that startWorkers has started',
    );
  }
  current ??= new TunnelWorker(ownSeat, adapter);
  return current;
}

/**
 * A logger that passes everything on to the logger of the server on the main thread.
 *
 * @param {import('node:worker_threads').BroadcastChannel} channel
 * @returns {import('../../index').TunnelLogger}
 */
function forward(channel) {
  const at = (/** @type {string} */ level) => (/** @type {string} */ key, /** @type {unknown} */ data) =>
    channel.postMessage({ type: 'log', level, key, data });
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** The V8 heap of this thread, and the external memory that it refers to. */
function memoryOfThread() {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}

module.exports = { TunnelWorker, joinPool };
