// @ts-check
'use strict';

const { setImmediate } = require('node:timers');
const { URL } = require('node:url');
const { TextEncoder, transferableAbortController } = require('node:util');

/**
 * What calls depend on of the platform, taken when the package is loaded: an application that replaces its globals
 * later (or the fake timers of its tests) does not change what crosses the bridge. Where modules have it, it comes from
 * there: in the environments of some test runners, such as that of jsdom, the globals are missing or another realm's.
 */
const { parse, stringify } = JSON;
const { Promise: NativePromise, queueMicrotask } = globalThis;
const { apply } = Reflect;
const { hasOwn } = Object;
const promiseThen = NativePromise.prototype.then;

// No module exports these two: what Node makes shows them.
const AbortController = /** @type {typeof globalThis.AbortController} */ (
  transferableAbortController?.().constructor ?? globalThis.AbortController
);
const DOMException = abortReason(new AbortController());

/** @param {AbortController} controller */
function abortReason(controller) {
  controller.abort();
  return /** @type {typeof globalThis.DOMException} */ (controller.signal.reason.constructor);
}

module.exports = {
  AbortController,
  DOMException,
  NativePromise,
  TextEncoder,
  URL,
  apply,
  hasOwn,
  parse,
  promiseThen,
  queueMicrotask,
  setImmediate,
  stringify,
};
