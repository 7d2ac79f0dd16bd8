// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { apiError, messageOf } = require('./errors');

/** Bounds the chain of causes: more than the generated loader has files to try. */
const MAX_REASONS = 20;

/** The loader tries a WebAssembly build last, which this package does not have. */
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

/** @param {unknown} error of the generated loader, whose own message advises to delete node_modules for every reason */
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
 * The reasons in the order of the attempts. The error of each attempt has that of the previous one as its cause.
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
