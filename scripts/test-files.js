// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./run.js');

const FOLDER = path.join(ROOT, '__test__');
const TEST_FILE = /\.test\.m?js$/;
const CODE_FILE = /\.[cm]?[jt]sx?$/;

/** Folders under __test__ whose code is used by tests, or checked by `npm run types`, and is no test itself. */
const SUPPORT_FOLDERS = ['browser', 'helpers', 'parity', 'types'];

/** Tests that take seconds each, for what only shows in large numbers: `npm run test:slow`. */
const SLOW_FILE = /\.slow\.test\.m?js$/;

/** @returns {string[]} the tests, slow ones included, as paths relative to the root, in order of name */
function testFiles() {
  return everyFile(FOLDER)
    .filter((file) => TEST_FILE.test(file))
    .map((file) => path.relative(ROOT, file));
}

/** @param {string} file */
const isSlow = (file) => SLOW_FILE.test(file);

/** @returns {string[]} code that the runner would pass over without a word */
function strayFiles() {
  return everyFile(FOLDER)
    .filter((file) => CODE_FILE.test(file) && !TEST_FILE.test(file) && !isSupport(file))
    .map((file) => path.relative(ROOT, file));
}

/** @param {string} file */
function isSupport(file) {
  const named = /[.-](test|spec)\.[^.]+$/.test(file);
  return !named && SUPPORT_FOLDERS.includes(path.relative(FOLDER, file).split(path.sep)[0]);
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function everyFile(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? everyFile(file) : [file];
    })
    .sort();
}

module.exports = { isSlow, strayFiles, testFiles };
