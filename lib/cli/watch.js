// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** An editor writes a file in several steps, and a build many files. */
const QUIET_MS = 100;

/**
 * Calls back when files in a folder change, once they have been quiet for a moment. Folders named `node_modules` and
 * those that begin with a dot do not count.
 *
 * @param {string} folder
 * @param {() => void} onChange
 */
function watchFolder(folder, onChange) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const notice = (/** @type {string} */ _event, /** @type {string | null} */ file) => {
    if (isIgnored(file ?? '')) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };
  try {
    return fs.watch(folder, { recursive: true, persistent: false }, notice);
  } catch (error) {
    // Node 18 on Linux.
    if (error.code !== 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM') throw error;
    return fs.watch(folder, { persistent: false }, notice);
  }
}

/** @param {string} file relative to the folder */
function isIgnored(file) {
  return file.split(path.sep).some((name) => name === 'node_modules' || name.startsWith('.'));
}

module.exports = { watchFolder };
