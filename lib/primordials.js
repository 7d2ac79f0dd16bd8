// @ts-check
'use strict';

const { setImmediate } = require('node:timers');
const { URL } = require('node:url');
const { TextEncoder, transferableAbortController } = require('node:util');

/**
 * The globals that calls depend on, captured when the package is loaded, so that an application that replaces them
 * later (such as the fake timers of its tests) does not affect the bridge. Those that a module exports are taken from
 * there: in some test environments, such as jsdom, the globals are missing or belong to another realm.
 */
const { parse, stringify } = JSON;
const { Promise: NativePromise, queueMicrotask } = globalThis;
const { apply } = Reflect;
const { hasOwn } = Object;
const promiseThen = NativePromise.prototype.then;

// No module exports these two classes, so they are taken from instances that Node makes.
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
