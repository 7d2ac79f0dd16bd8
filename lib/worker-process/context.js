// @ts-check
'use strict';

const { inspect } = require('node:util');

const REQUEST_ID_HEADER = 'x-runner-request-id';

/**
 * @typedef {object} RequestHead the request of a call
 * @property {string} method
 * @property {string} path
 * @property {string} remoteAddress
 * @property {number} remotePort
 * @property {Record<string, string>} headers
 */

/** The context of a call, with the members that it has on the main thread. */
class ProcessCallContext {
  #call;
  #message;
  /** @type {Record<string, string> | undefined} */
  #headers;
  /** @type {AbortSignal | undefined} */
  #signal;

  /**
   * @param {import('./call').ProcessCall} call
   * @param {import('./messages').CallMessage} message
   */
  constructor(call, message) {
    this.#call = call;
    this.#message = message;
  }

  get id() {
    return this.#call.handlerId;
  }

  get kind() {
    return this.#call.kind;
  }

  get requestId() {
    return this.#message.requestId;
  }

  get method() {
    return this.#message.context?.method;
  }

  get path() {
    return this.#message.context?.path;
  }

  get remoteAddress() {
    return this.#message.context?.remoteAddress;
  }

  get remotePort() {
    return this.#message.context?.remotePort;
  }

  /** Whether the client asked for the payload of an event in the response. */
  get returnPayload() {
    return this.#message.returnPayload === true;
  }

  get headers() {
    if (this.#headers === undefined) {
      const { context, requestId } = this.#message;
      this.#headers = context?.headers ?? {};
      if (requestId !== undefined) this.#headers[REQUEST_ID_HEADER] = requestId;
    }
    return this.#headers;
  }

  get body() {
    return this.#call.body();
  }

  get signal() {
    this.#signal ??= this.#call.signal();
    return this.#signal;
  }

  /** What `console.log` shows. */
  [inspect.custom]() {
    const { id, kind, requestId, method, path, remoteAddress, headers } = this;
    return { id, kind, requestId, method, path, remoteAddress, headers };
  }
}

module.exports = { ProcessCallContext };
