// @ts-check
'use strict';

const { inspect } = require('node:util');

/** The id of the async context that `useExposureContext()` reads. */
const CONTEXT_ID = 'platform.node.ctx.exposureRequest';

const KEYS = ['req', 'res', 'url', 'basePath', 'headers', 'method', 'signal'];

/**
 * @typedef {{ req: unknown, res: unknown, url: unknown, basePath: string, headers: unknown, method?: string, signal:
 * unknown }} ExposureSource
 */

/** What `useExposureContext()` returns. Each part is made on first use. */
class ExposureContext {
  #source;

  /** @param {ExposureSource} source */
  constructor(source) {
    this.#source = source;
  }

  get req() {
    return this.#source.req;
  }

  get res() {
    return this.#source.res;
  }

  get url() {
    return this.#source.url;
  }

  get basePath() {
    return this.#source.basePath;
  }

  get headers() {
    return this.#source.headers;
  }

  get method() {
    return this.#source.method;
  }

  get signal() {
    return this.#source.signal;
  }

  /** What `console.log` shows, without making an exchange. */
  [inspect.custom]() {
    const { url, basePath, headers, method } = this;
    return { url, basePath, headers, method };
  }
}

/**
 * Makes the parts own properties of the object, as in nodeExposure, so that they can be spread, listed and replaced.
 *
 * @type {ProxyHandler<any>}
 */
const AS_OWN = {
  get: (target, key) => Reflect.get(target, key, target),
  set: (target, key, value) =>
    Reflect.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true }),
  ownKeys: (target) => [...new Set([...KEYS, ...Reflect.ownKeys(target)])],
  getOwnPropertyDescriptor: (target, key) =>
    Reflect.getOwnPropertyDescriptor(target, key) ??
    (typeof key === 'string' && KEYS.includes(key)
      ? { value: target[key], enumerable: true, configurable: true, writable: true }
      : undefined),
};

/**
 * Runs a task so that `useExposureContext()` finds the request.
 *
 * @template Result
 * @callback WithExposureContext
 * @param {ExposureSource} source its getters are called at each access
 * @param {() => Result} run
 * @returns {Result} what `run` returns
 */

/**
 * Makes the function that provides a copy of Runner with exposure contexts. Runner does not export its async context, but
 * each copy keeps all contexts in one storage by their ids.
 *
 * @param {typeof import('@bluelibs/runner/node')} runner the copy whose `useExposureContext()` is to find requests
 * @returns {WithExposureContext<any>}
 */
function exposureContextOf(runner) {
  const context = /** @type {any} */ (runner.asyncContext({ id: CONTEXT_ID }));
  return (source, run) => context.provide(new Proxy(new ExposureContext(source), AS_OWN), run);
}

module.exports = { exposureContextOf };
