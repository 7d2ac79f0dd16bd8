// @ts-check
'use strict';

/**
 * What of the language and the platform every call depends on, taken when the package is loaded: an
 * application that replaces its globals later does not change what crosses the bridge.
 */
const { parse, stringify } = JSON;
const { AbortController, DOMException, Promise, TypeError, URL, queueMicrotask, setImmediate } = globalThis;

module.exports = {
  AbortController,
  DOMException,
  Promise,
  TypeError,
  URL,
  parse,
  queueMicrotask,
  setImmediate,
  stringify,
};
