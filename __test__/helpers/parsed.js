// @ts-check
'use strict';

/**
 * @param {string} text
 * @returns {any} `undefined` when the text is not JSON
 */
function parsedOrUndefined(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { parsedOrUndefined };
