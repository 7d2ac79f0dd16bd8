// @ts-check
'use strict';

const { describe } = require('./errors');
const { URL, hasOwn } = require('./primordials');
const { LogKey, log } = require('./log');
const { ignore, outcome, thenOf } = require('./thenable');

/**
 * The decisions that the configuration leaves to JavaScript: validators, origin rules and the fallback.
 */
class Hooks {
  #validators;
  #origin;
  #logger;
  #fallback;

  /** @param {any} options the snapshot that the core has accepted */
  constructor(options) {
    const { auth, cors, corsOrigins, fallback, logger } = typeof options === 'object' ? options : {};
    this.#validators = auth?.validate === undefined ? [] : [auth.validate].flat();
    this.#origin = cors?.origin ?? corsOrigins;
    this.#logger = logger;
    this.#fallback = fallback;
  }

  get logger() {
    return this.#logger;
  }

  /** The listener for requests outside of the base path. */
  get fallback() {
    return this.#fallback;
  }

  /**
   * Logs a request that was rejected before it could become a call.
   *
   * @param {number} status
   * @param {string} code
   * @param {import('./context').CallContext} context
   */
  onRejected(status, code, context) {
    const { requestId, method, path: url } = context;
    log(this.#logger, 'warn', LogKey.AUTH_FAILURE, { requestId, method, path: pathOf(url), status, code });
  }

  /**
   * Whether one of the validators accepts the request. They run in order; one that throws rejects it.
   *
   * @param {import('./context').CallContext} context
   */
  async validate(context) {
    for (const validate of this.#validators) {
      try {
        const { headers, method, path: url } = context;
        const { value: verdict } = await outcome(validate({ headers, method, url, path: pathOf(url) }));
        if (accepts(verdict)) return true;
      } catch (error) {
        this.#report(LogKey.VALIDATOR_ERROR, error, context);
      }
    }
    return false;
  }

  /**
   * The origin for `Access-Control-Allow-Origin`; empty for none.
   *
   * @param {import('./context').CallContext} context
   * @returns {string}
   */
  origin(context) {
    try {
      const origin = context.headers.origin;
      const rule = this.#origin;
      if (typeof rule !== 'function') {
        // A global or sticky expression continues at `lastIndex`.
        rule.lastIndex = 0;
        return rule.test(origin) ? origin : '';
      }
      const named = rule(origin);
      if (named === null || named === undefined || typeof named === 'string') return named ?? '';
      throw unusableOrigin(named);
    } catch (error) {
      this.#report(LogKey.ORIGIN_ERROR, error, context);
      return '';
    }
  }

  /**
   * @param {string} key
   * @param {unknown} error
   * @param {import('./context').CallContext} context
   */
  #report(key, error, context) {
    log(this.#logger, 'error', key, { ...describe(error), requestId: context.requestId });
  }
}

/**
 * Whether a verdict accepts a request. Looks at own properties alone, so that a polluted `Object.prototype` accepts
 * nothing.
 *
 * @param {any} verdict
 */
function accepts(verdict) {
  return verdict !== null && verdict !== undefined && hasOwn(verdict, 'ok') && verdict.ok === true;
}

/**
 * The error for a rule that returned something other than an origin. A promise is not awaited, and its rejection is
 * ignored.
 *
 * @param {unknown} named
 */
function unusableOrigin(named) {
  const isPromise = thenOf(named) !== undefined;
  if (isPromise) ignore(named);
  const received = isPromise ? 'a promise' : typeof named;
  return new TypeError(`cors.origin returned ${received}, expected a string, null or undefined`);
}

/**
 * The path of a request target. A target that is not a URL, such as `//[`, is returned as it is.
 *
 * @param {string} url as it was sent
 */
function pathOf(url) {
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    return url;
  }
}

module.exports = { Hooks };
