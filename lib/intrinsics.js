// @ts-check
'use strict';

/**
 * What every call depends on of the platform, taken when the package is loaded: an application (or the fake
 * timers of its tests) that replaces its globals later does not change what crosses the bridge.
 */
const { parse, stringify } = JSON;
const { AbortController, DOMException, URL, queueMicrotask, setImmediate } = globalThis;

module.exports = { AbortController, DOMException, URL, parse, queueMicrotask, setImmediate, stringify };
