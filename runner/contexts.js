// @ts-check
'use strict';

/**
 * Runs something inside of the async contexts that a request brings in `x-runner-context`. A header that cannot be
 * read brings none; of its entries only those count that the application has registered a context for, and that this
 * context can parse. A value that a context refuses once it is parsed fails the run, as in nodeExposure.
 *
 * @template Result
 * @param {string | undefined} headerText the header, if there is one and it may be used
 * @param {any} store Runner's
 * @param {{ parse(text: string): any }} serializer the application's
 * @param {() => Result} run
 * @returns {Result} what `run` returns
 */
function withContexts(headerText, store, serializer, run) {
  if (!headerText) return run();
  let nested = run;
  try {
    const texts = serializer.parse(headerText);
    for (const [id, context] of store.asyncContexts.entries()) {
      const text = texts[id];
      if (typeof text === 'string') nested = provided(context, text, nested);
    }
  } catch {
    // What was found until then counts.
  }
  return nested();
}

/**
 * @template Result
 * @param {{ parse(text: string): unknown, provide(value: unknown, run: () => Result): Result }} context
 * @param {string} text
 * @param {() => Result} run
 * @returns {() => Result}
 */
function provided(context, text, run) {
  try {
    const value = context.parse(text);
    return () => context.provide(value, run);
  } catch {
    return run;
  }
}

module.exports = { withContexts };
