// @ts-check
'use strict';

const { AsyncResource } = require('node:async_hooks');

/** The collector would destroy them late, so that tools count them as open after their request is over. */
const MANUAL = { requireManualDestroy: true };

/**
 * The async context of one request. All user code of a request is entered through `runInAsyncScope`: what it puts in
 * place with `AsyncLocalStorage.enterWith` stays there, and tracing tools see a resource for each request.
 *
 * It begins with the context that it is made in, which is that of the {@link serverScope}.
 */
class RequestScope extends AsyncResource {
  #holders = 1;

  constructor() {
    super('RunnerNativeRequest', MANUAL);
  }

  /** One more part of the request, as a body or a stream, may enter user code. */
  hold() {
    this.#holders += 1;
  }

  /** That part, or the call itself, is over. The last one ends the resource. */
  release() {
    this.#holders -= 1;
    if (this.#holders === 0) this.emitDestroy();
  }
}

/**
 * The async context of a listening server: that of the call of `listen`, as under `http.Server`. User code never runs
 * in it, so that nothing can be left in it.
 */
function serverScope() {
  return new AsyncResource('RunnerNativeServer', MANUAL);
}

/**
 * Enters user code once for a request. Promises that it makes have resources of their own.
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
