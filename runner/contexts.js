// @ts-check
'use strict';

/**
 * Runs a function inside the async contexts that a request brings in `x-runner-context`. Ignores a header that cannot
 * be parsed, and entries that no registered context can parse. If a context rejects a parsed value, the run fails, as
 * in nodeExposure.
 *
 * @template Result
 * @param {string | undefined} headerText the header; undefined if it is missing or not accepted
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
    // The contexts that were found before the failure are used.
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
