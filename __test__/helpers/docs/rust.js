// @ts-check
'use strict';

/**
 * @typedef {object} WireError
 * @property {string} status
 * @property {string} code
 * @property {string} message
 */

/**
 * The table in src/error.rs: `Variant [{ id }] => status, "CODE", "message";`.
 *
 * @param {string} source
 * @returns {WireError[]}
 */
function wireErrors(source) {
  const body = /^request_errors! \{$([\s\S]*?)^\}$/m.exec(source)?.[1];
  if (body === undefined) throw new Error('no table of request errors');
  return [...body.matchAll(/^ {4}\w+(?: \{ \w+ \})? => (\d+), "(\w+)",\s+"([^"]+)";$/gm)].map(
    ([, status, code, message]) => ({ status, code, message }),
  );
}

module.exports = { wireErrors };
