// @ts-check
'use strict';

/** A part of a command: outside of quotes, in single or in double ones. */
const PART = /[^\s'"]+|'([^']*)'|"([^"]*)"/y;

/**
 * Splits a command into its words, as a shell does with quotes. No shell runs it: there are no escapes, variables or
 * operators.
 *
 * @param {string} text
 * @returns {string[] | undefined} nothing if a quote is not closed
 */
function splitCommand(text) {
  /** @type {string[]} */
  const words = [];
  let isInWord = false;
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at])) {
      isInWord = false;
      at += 1;
      continue;
    }
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return undefined;
    const word = part[1] ?? part[2] ?? part[0];
    if (isInWord) words[words.length - 1] += word;
    else words.push(word);
    isInWord = true;
    at = PART.lastIndex;
  }
  return words;
}

module.exports = { splitCommand };
