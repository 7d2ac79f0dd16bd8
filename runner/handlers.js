// @ts-check
'use strict';

const { URL } = require('../lib/primordials');
const { CallContext } = require('../lib/context');
const { withContexts } = require('./contexts');

/** The header with the async contexts of the caller. */
const CONTEXT_HEADER = 'x-runner-context';

/** The source of the events that are emitted. */
const SOURCE = 'exposure:http';

/**
 * @typedef {object} App what the handlers need of an application
 * @property {import('./index').ExposureDependencies} deps
 * @property {import('./application').RunnerApplication} application
 * @property {string} basePath
 * @property {import('./exposure-context').WithExposureContext<any>} withExposureContext
 */

/**
 * The handler of one task. Runs it with Runner's middleware, inside the async contexts that the request brings.
 *
 * @param {App} app
 * @param {string} id
 */
function taskHandler({ deps, application, basePath, withExposureContext }, id) {
  const { store, taskRunner, serializer } = deps;
  return (/** @type {unknown} */ input, /** @type {CallContext} */ context) => {
    // Looked up for each call, since a tunnel that is also a client replaces the definition.
    const run = () => taskRunner.run(/** @type {any} */ (store.tasks.get(id)).task, input);
    const brought = contextHeader(context, application.taskTakesContexts(id));
    return withExposureContext(new Source(context, basePath), () =>
      withContexts(brought, store, serializer, run),
    );
  };
}

/**
 * The handler of one event. Emits it inside the async contexts that the request brings.
 *
 * @param {App} app
 * @param {string} id
 */
function eventHandler({ deps, application }, id) {
  const { store, eventManager, serializer } = deps;
  return (/** @type {unknown} */ payload, /** @type {CallContext} */ context) => {
    const { event } = /** @type {any} */ (store.events.get(id));
    const emit = context.returnPayload
      ? () => eventManager.emitWithResult(event, payload, SOURCE)
      : () => eventManager.emit(event, payload, SOURCE);
    const brought = contextHeader(context, application.eventTakesContexts(id));
    return withContexts(brought, store, serializer, emit);
  };
}

/**
 * @param {CallContext} context
 * @param {boolean} accepted
 */
function contextHeader(context, accepted) {
  return accepted ? CallContext.header(context, CONTEXT_HEADER) : undefined;
}

/** Makes the parts of `useExposureContext()`. */
class Source {
  #context;
  /** @type {URL | undefined} */
  #url;

  /**
   * @param {CallContext} context
   * @param {string} basePath
   */
  constructor(context, basePath) {
    this.#context = context;
    this.basePath = basePath;
  }

  get req() {
    return CallContext.exchange(this.#context).req;
  }

  get res() {
    return CallContext.exchange(this.#context).res;
  }

  get url() {
    this.#url ??= new URL(this.#context.path, 'http://localhost');
    return this.#url;
  }

  get headers() {
    return CallContext.nodeHeaders(this.#context);
  }

  get method() {
    return this.#context.method;
  }

  get signal() {
    return this.#context.signal;
  }
}

module.exports = { eventHandler, taskHandler };
