// @ts-check
'use strict';

const { NativePromise } = require('./primordials');
const { plain } = require('./adapter');
const { Bridge } = require('./bridge');
const { apiError, messageOf, show } = require('./errors');
const { Hooks } = require('./hooks');
const { KeepAlive } = require('./keep-alive');
const { LogKey, log } = require('./log');
const { createNative } = require('./native-server');
const {
  DEFAULT_CLOSE_TIMEOUT_MS,
  checkId,
  checkRegistered,
  checkRegistration,
  closeTimeout,
} = require('./registration');
const { snapshot } = require('./snapshot');
const { Workers } = require('./workers');
const { poolConfig } = require('./workers/options');

/** @typedef {'new' | 'starting' | 'listening' | 'closing' | 'closed'} State */

/** An HTTP server for Runner tunnels: Rust serves HTTP, JavaScript runs the handlers. */
class TunnelServer {
  #native;
  #hooks;
  #bridge;
  #workers;
  #keepAlive;
  /** @type {State} */
  #state = 'new';
  /** @type {{ address: string, family: 'IPv4' | 'IPv6', port: number } | null} */
  #address = null;
  /**
   *
   * @type {{ resolve: (address: { host: string, port: number }) => void, reject: (error: Error) => void } | undefined}
   */
  #opening;
  /** @type {Promise<void> | undefined} */
  #closed;
  /** @type {() => void} */
  #onClosed = () => {};
  #closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS;
  /** Whether the connections are closed, so that the pools may be closed. */
  #isDrained = false;

  /**
   * @param {number | import('../index').TunnelServerOptions} options
   * @param {import('./adapter').Adapter} [adapter] that of a Runner application; by default the one
   *   for handlers that are registered by hand
   */
  constructor(options, adapter = plain) {
    const own = snapshot('TunnelServer', options);
    this.#native = createNative(own, adapter);
    this.#hooks = new Hooks(own);
    this.#bridge = new Bridge(this.#native.bridge(), adapter, this.#hooks, (notice) => this.#notice(notice));
    this.#keepAlive = new KeepAlive((alive) => this.#bridge.keepAlive(alive));
    this.#workers = new Workers(this.#native, this.#hooks.logger, (change) => this.#keepAlive.during(change));
    adapter.connect?.((tunnels) => this.#native.expose(tunnels));
  }

  get state() {
    return this.#state;
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

  async getTaskIds() {
    return this.#native.ids('task');
  }

  async getEventIds() {
    return this.#native.ids('event');
  }

  /** @param {import('../index').ThreadPoolOptions | import('../index').ProcessPoolOptions} options */
  async startWorkers(options) {
    const config = poolConfig(options);
    if (this.#state === 'closing' || this.#state === 'closed') {
      throw this.#wrongState('startWorkers() needs a server that is not closed');
    }
    this.#bridge.open();
    return this.#workers.start(config);
  }

  async listen() {
    if (this.#state !== 'new') throw this.#wrongState('listen() needs a server that is new');
    this.#state = 'starting';
    /** @type {Promise<{ host: string, port: number }>} */
    const opened = new NativePromise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    try {
      this.#bridge.open();
      this.#native.start();
    } catch (error) {
      this.#onFailed({ code: 'LISTEN_FAILED', message: messageOf(error) });
    }
    return this.#keepAlive.during(opened);
  }

  address() {
    return this.#address && { ...this.#address };
  }

  /** @param {{ timeoutMs?: number }} [options] */
  async close(options) {
    const timeoutMs = closeTimeout(options);
    if (this.#state === 'new' && !this.#workers.hasPools) this.#state = 'closed';
    if (this.#state === 'closed') return;
    if (this.#closed === undefined) this.#beginClose(timeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS);
    else if (timeoutMs !== undefined) this.#hurry(timeoutMs);
    await this.#closed;
  }

  /** @param {number} timeoutMs */
  #beginClose(timeoutMs) {
    this.#closed = new NativePromise((resolve) => {
      this.#onClosed = resolve;
    });
    const isRunning = this.#state !== 'new';
    this.#state = 'closing';
    this.#closeTimeoutMs = timeoutMs;
    this.#keepAlive.during(this.#closed);
    if (isRunning) this.#native.close(timeoutMs);
    else this.#closeWorkers();
  }

  /** @param {number} timeoutMs */
  #hurry(timeoutMs) {
    this.#closeTimeoutMs = Math.min(this.#closeTimeoutMs, timeoutMs);
    this.#native.close(timeoutMs);
    if (this.#isDrained) this.#workers.close(timeoutMs);
  }

  ref() {
    this.#keepAlive.reference(true);
    return this;
  }

  unref() {
    this.#keepAlive.reference(false);
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
    if (this.#state === 'closing' || this.#state === 'closed') {
      throw this.#wrongState(`${kind} ${show(id)} cannot be registered any more`);
    }
    const number = this.#native.register(kind, id, parallel, idempotent, timeoutMs);
    this.#bridge.add(checkRegistered(kind, id, checked, number), { id, kind, handler, parallel });
    return this;
  }

  /**
   * @param {'task' | 'event'} kind
   * @param {string} id
   */
  #unregister(kind, id) {
    checkId(kind, id);
    const number = this.#native.unregister(kind, id);
    if (number === null) return false;
    this.#bridge.remove(number);
    return true;
  }

  /** @param {any} notice */
  #notice(notice) {
    if (notice.type === 'listening') this.#onListening(notice);
    else if (notice.type === 'failed') this.#onFailed(notice);
    else if (notice.type === 'panicked') this.#onPanicked(notice);
    else if (notice.type === 'acceptFailed') this.#onAcceptFailed(notice);
    else if (notice.type === 'worker') this.#workers.onNotice(notice);
    else this.#onEnd();
  }

  /** @param {{ address: string, family: 'IPv4' | 'IPv6', port: number }} bound */
  #onListening({ address, family, port }) {
    if (this.#state === 'starting') this.#state = 'listening';
    this.#keepAlive.listening(true);
    log(this.#hooks.logger, 'info', LogKey.LISTEN, { host: address, port });
    this.#address = { address, family, port };
    this.#opening?.resolve({ host: address, port });
    this.#opening = undefined;
  }

  /** @param {{ code: any, message: string, address?: string, port?: number }} failure */
  #onFailed({ code, message, address, port }) {
    this.#native.release();
    this.#opening?.reject(apiError(Error, code, message, { syscall: 'listen', address, port }));
    this.#opening = undefined;
    if (this.#state === 'closing') {
      this.#closeWorkers();
      return;
    }
    this.#state = 'new';
    if (!this.#workers.hasPools) this.#bridge.close();
  }

  /** @param {{ error: string, location: string | null }} panic */
  #onPanicked({ error, location }) {
    log(this.#hooks.logger, 'error', LogKey.PANIC, { error, location: location ?? undefined });
  }

  /** @param {{ error: string }} failure */
  #onAcceptFailed({ error }) {
    log(this.#hooks.logger, 'error', LogKey.ACCEPT_ERROR, {
      error,
      host: this.#address?.address,
      port: this.#address?.port,
    });
  }

  #onEnd() {
    this.#native.release();
    log(this.#hooks.logger, 'info', LogKey.CLOSED, {
      host: this.#address?.address,
      port: this.#address?.port,
    });
    this.#address = null;
    this.#closeWorkers();
  }

  /** The last step of closing, after all calls are completed. */
  #closeWorkers() {
    const end = () => {
      this.#bridge.close();
      this.#state = 'closed';
      this.#onClosed();
    };
    this.#isDrained = true;
    if (this.#workers.hasPools) this.#workers.close(this.#closeTimeoutMs).then(end, end);
    else end();
  }

  /** @param {string} message */
  #wrongState(message) {
    return apiError(Error, 'STATE_INVALID', `${message}; this one is ${this.#state}`);
  }
}

if (Symbol.asyncDispose !== undefined) {
  Object.defineProperty(TunnelServer.prototype, Symbol.asyncDispose, {
    value: /** @this {TunnelServer} */ function asyncDispose() {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

module.exports = { TunnelServer };
