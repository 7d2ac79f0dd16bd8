// @ts-check
'use strict';

const { publicError } = require('../lib/errors');
const { parse } = require('../lib/primordials');
const { peer } = require('./peer');

const INTERNAL_ERROR = 'INTERNAL_ERROR';
const INTERNAL_MESSAGE = 'Internal Error';
const ABORTED = Object.freeze({ message: 'Client Closed Request', code: 'REQUEST_ABORTED' });

/**
 * @typedef {object} ErrorResponse
 * @property {number} status
 * @property {{ ok: false, error: Record<string, unknown> }} body for the application's serializer, which also writes
 *   values that are undefined
 * @property {boolean} [expected] whether it is no failure, so that it is not logged
 * @property {string} [unsent] why a `TunnelError` could not be sent
 *
 * @typedef {{ id: unknown, data: unknown, httpCode: number | undefined }} TypedError
 */

/**
 * The response for a value that a task or the listener of an event has thrown.
 *
 * - A cancellation is 499.
 * - A typed error of the application is sent with its message, id, data and status. A status below 200, which no final
 *   response can have, is sent in the body of a 500.
 * - A `TunnelError` is sent as it is.
 * - Anything else is a 500 that says nothing about its cause.
 *
 * @param {any} thrown
 * @param {any} store Runner's
 * @returns {ErrorResponse}
 */
function errorResponse(thrown, store) {
  if (isCancellation(thrown)) return { status: 499, body: failed({ ...ABORTED }), expected: true };
  const typed = typedError(thrown, store);
  if (typed !== undefined) return typedResponse(typed, messageOf(thrown));
  const { status = 500, text, unsent } = publicError(thrown);
  const error = text === undefined ? { message: INTERNAL_MESSAGE, code: INTERNAL_ERROR } : parse(text);
  return { status, body: failed(error), unsent };
}

/** The abort reason for a client that has left: an error that Runner treats as a cancellation. */
function clientLeft() {
  return peer.cancellationError.new({ reason: ABORTED.message });
}

/** @param {any} thrown */
function isCancellation(thrown) {
  try {
    return peer.cancellationError.is(thrown);
  } catch {
    return false;
  }
}

/**
 * The parts of an error that one of the application's error helpers recognises; undefined for any other.
 *
 * @param {any} thrown
 * @param {any} store
 * @returns {TypedError | undefined}
 */
function typedError(thrown, store) {
  try {
    for (const helper of store.errors.values()) {
      if (!helper.is(thrown)) continue;
      const { name, data, httpCode } = /** @type {any} */ (isRecord(thrown) ? thrown : {});
      const id = typeof name === 'string' ? name : undefined;
      return { id, data, httpCode: [httpCode, helper.httpCode].find(isHttpCode) };
    }
  } catch {
    // An error whose getters throw is not typed.
  }
  return undefined;
}

/**
 * @param {TypedError} typed
 * @param {string} message
 * @returns {ErrorResponse}
 */
function typedResponse({ id, data, httpCode }, message) {
  const status = httpCode ?? 500;
  if (status !== 500) {
    const error = { message, code: INTERNAL_ERROR, id, data, httpCode };
    return { status: status < 200 ? 500 : status, body: failed(error) };
  }
  /** @type {Record<string, unknown>} */
  const error = { message: id === undefined ? INTERNAL_MESSAGE : message, code: INTERNAL_ERROR };
  if (id !== undefined) error.id = id;
  if (data !== undefined) error.data = data;
  if (httpCode !== undefined) error.httpCode = httpCode;
  return { status, body: failed(error) };
}

/** @param {unknown} value */
function isRecord(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {unknown} value */
function isHttpCode(value) {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
}

/** @param {any} thrown */
function messageOf(thrown) {
  try {
    return (thrown instanceof Error && thrown.message) || INTERNAL_MESSAGE;
  } catch {
    return INTERNAL_MESSAGE;
  }
}

/**
 * @param {Record<string, unknown>} error
 * @returns {{ ok: false, error: Record<string, unknown> }}
 */
function failed(error) {
  return { ok: false, error };
}

module.exports = { clientLeft, errorResponse };
