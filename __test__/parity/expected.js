// @ts-check
'use strict';

// Responses that many cases expect.

/** @typedef {import('./wire/compare.js').Expectation} Expectation */

const OK = { status: 200 };

/** @param {number} status @param {string} message @param {string} code */
const failed = (status, message, code) => ({
  status,
  body: JSON.stringify({ ok: false, error: { message, code } }),
});

const INVALID_JSON = failed(400, 'Invalid JSON body', 'INVALID_JSON');
const INTERNAL = failed(500, 'Internal Error', 'INTERNAL_ERROR');
const NOT_FOUND = failed(404, 'Not Found', 'NOT_FOUND');

/** @param {string} message */
const tooLarge = (message) => failed(413, message, 'PAYLOAD_TOO_LARGE');

/** What the task `describe` returns. @param {string} text what util.inspect makes of the input */
const seen = (text) => ({ status: 200, body: `{"ok":true,"result":${JSON.stringify(text)}}` });

module.exports = { INTERNAL, INVALID_JSON, NOT_FOUND, OK, failed, seen, tooLarge };
