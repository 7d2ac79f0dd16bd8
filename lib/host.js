// @ts-check
'use strict';

const { messageOf } = require('./errors');
const { LogKey, logError } = require('./log');

/**
 * The decisions that the configuration leaves to JavaScript: validators and origin rules.
 */
class Host {
  #validators;
  #origin;
  #logger;

  /** @param {any} options the user's, accepted by the core */
  constructor(options) {
    const { auth, cors, corsOrigins, logger } = typeof options === 'object' ? options : {};
    this.#validators = auth?.validate === undefined ? [] : [auth.validate].flat();
    this.#origin = cors?.origin ?? corsOrigins;
    this.#logger = logger;
  }

  get logger() {
    return this.#logger;
  }

  /**
   * Whether one of the validators lets the request pass. They run in order; a throw is a rejection.
   *
   * @param {import('./context').CallContext} context
   */
  async validate(context) {
    for (const validate of this.#validators) {
      try {
        const { headers, method, path: url } = context;
        const { pathname } = new URL(url, 'http://localhost');
        const verdict = await validate({ headers, method, url, path: pathname });
        if (verdict?.ok) return true;
      } catch (error) {
        this.#report(LogKey.VALIDATOR_ERROR, error, context);
      }
    }
    return false;
  }

  /**
   * The origin that an answer may name; empty for none.
   *
   * @param {import('./context').CallContext} context
   * @returns {string}
   */
  origin(context) {
    try {
      const origin = context.headers.origin;
      const rule = this.#origin;
      if (typeof rule !== 'function') {
        // A global or sticky expression goes on where it stopped: start it over.
        rule.lastIndex = 0;
        return rule.test(origin) ? origin : '';
      }
      const named = rule(origin);
      if (named === null || named === undefined || typeof named === 'string') return named ?? '';
      throw new TypeError(`cors.origin returned ${typeof named}, expected a string, null or undefined`);
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
    logError(this.#logger, key, { error: messageOf(error), requestId: context.requestId });
  }
}

module.exports = { Host };
