// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { apiError, messageOf } = require('./errors');

/** More than the generated loader has files to try. */
const MAX_REASONS = 20;

/** It tries a build for WebAssembly last. This package has none. */
const OF_WEBASSEMBLY = /wasi/;

/**
 * Loads the native binary.
 *
 * @param {() => typeof import('../binding')} [load] the generated loader
 * @returns {typeof import('../binding')}
 * @throws `BINARY_UNAVAILABLE`, with a reason for each file and package that was tried
 */
function loadBinding(load = () => require('../binding')) {
  try {
    return load();
  } catch (error) {
    throw unavailable(error);
  }
}

/** @param {unknown} error of the generated loader, which advises to delete node_modules whatever the reason */
function unavailable(error) {
  const reasons = reasonsOf(error);
  const present = binaries(path.join(__dirname, '..'));
  const lines = [
    `The native binary of @bluelibs/runner-native for ${process.platform} ${process.arch} cannot be loaded:`,
    ...reasons.map((reason) => `  ${reason}`),
    present.length > 0 ? `Present: ${present.join(', ')}` : 'No binary is in the folder of the package.',
  ];
  return apiError(Error, 'BINARY_UNAVAILABLE', lines.join('\n'), { reasons, cause: error });
}

/**
 * The reasons in the order of the attempts: the one why a file cannot be loaded is the cause of the next.
 *
 * @param {any} error
 */
function reasonsOf(error) {
  /** @type {Set<string>} */
  const reasons = new Set();
  for (let at = error?.cause ?? error, count = 0; at && count < MAX_REASONS; at = at.cause, count += 1)
    reasons.add(messageOf(at).split('\n')[0]);
  const native = [...reasons].reverse().filter((reason) => !OF_WEBASSEMBLY.test(reason));
  return native.length > 0 ? native : [...reasons];
}

/** @param {string} folder */
function binaries(folder) {
  try {
    const names = fs.readdirSync(folder).filter((name) => name.endsWith('.node'));
    return names.map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

module.exports = { loadBinding };
