// @ts-check
'use strict';

/**
 * @typedef {import('./cases.js').RawCase} RawCase
 *
 * @typedef {[covers: string, what: string, request: RawCase['request'], expect: RawCase['expect']]} Row
 */

/**
 * One case for each row of a table.
 *
 * @param {Row[]} rows
 * @param {(what: string) => string} nameOf
 * @returns {RawCase[]}
 */
function casesOf(rows, nameOf) {
  return rows.map(([covers, what, request, expect]) => ({
    name: nameOf(what),
    covers: [covers],
    request,
    expect,
  }));
}

module.exports = { casesOf };
