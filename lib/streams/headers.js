// @ts-check
'use strict';

/** The most header names that the core accepts in a response (`src/http/response.rs`). */
const MAX_NAMES = 4_096;

/** The longest header name that the core accepts, in characters. */
const MAX_NAME_LENGTH = 65_535;

/** A head of fewer characters is within both bounds: a header line has at least five. */
const ALWAYS_FITS = 4 * MAX_NAMES;

/**
 * Throws if a response cannot have these headers.
 *
 * @param {string[]} names without duplicates
 */
function checkNames(names) {
  if (names.length > MAX_NAMES) {
    throw new TypeError(`The headers of a response: received ${names.length}, expected at most ${MAX_NAMES}`);
  }
  const long = names.find((name) => name.length > MAX_NAME_LENGTH);
  if (long !== undefined) {
    throw new TypeError(
      `The name of a header (${long.slice(0, 40)}…): received ${long.length} characters, expected at most ${MAX_NAME_LENGTH}`,
    );
  }
}

/**
 * The number of bytes in a `content-length`. Throws if it is not a number.
 *
 * @param {string} text
 */
function parseLength(text) {
  const length = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(length)) return length;
  throw new TypeError(`The content-length of a response: received ${text}, expected a number of bytes`);
}

/**
 * The error of a body that is not as long as its head says, under Node's own code.
 *
 * @param {number} bytes
 * @param {number} length
 */
function lengthMismatch(bytes, length) {
  const message = `The body of the response has ${bytes} bytes, its content-length says ${length}`;
  return Object.assign(new Error(message), { code: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' });
}

module.exports = { ALWAYS_FITS, checkNames, lengthMismatch, parseLength };
