// @ts-check
'use strict';

const { AsyncResource } = require('node:async_hooks');

/**
 * Destroyed by hand: the garbage collector would do it late, so that tools count resources of ended requests as open.
 */
const MANUAL = { requireManualDestroy: true };

/**
 * The async context of one request. All application code of a request is entered through `runInAsyncScope`, so that
 * what it sets with `AsyncLocalStorage.enterWith` ends with the request, and tracing tools see a resource per request.
 *
 * It starts with the context of its creator, which is that of the {@link serverScope}.
 */
class RequestScope extends AsyncResource {
  #holders = 1;

  constructor() {
    super('RunnerNativeRequest', MANUAL);
  }

  /** Keeps the resource for one more part of the request that may enter application code, such as a body. */
  hold() {
    this.#holders += 1;
  }

  /** Releases what `hold`, or the constructor, has kept. The last release ends the resource. */
  release() {
    this.#holders -= 1;
    if (this.#holders === 0) this.emitDestroy();
  }
}

/**
 * The async context of a listening server: that of the call of `listen`, as with `http.Server`. Application code never
 * runs in it, so that it cannot be changed.
 */
function serverScope() {
  return new AsyncResource('RunnerNativeServer', MANUAL);
}

/**
 * Enters application code that is called only once for a request, such as a validator. Promises that it creates have
 * resources of their own.
 *
 * @param {() => unknown} act
 */
function enterOnce(act) {
  const scope = new RequestScope();
  try {
    scope.runInAsyncScope(act);
  } finally {
    scope.release();
  }
}

module.exports = { RequestScope, enterOnce, serverScope };
