// @ts-check
'use strict';

const { peer } = require('./peer');

/** The file of Runner that applications load in Node. */
const FILE = /[\\/]@bluelibs[\\/]runner[\\/]dist[\\/]node[\\/]node\.cjs$/;

/** @typedef {typeof import('@bluelibs/runner/node')} Runner */

/**
 * The copy of Runner that runs an application: the one that this package loads or, where several are installed, another
 * one that is loaded. Undefined if it cannot be found, for example because it is part of a bundle.
 *
 * @param {unknown} store of the application
 * @param {NodeJS.Dict<NodeJS.Module>} [modules] those that are loaded
 * @returns {Runner | undefined}
 */
function copyOf(store, modules = require.cache) {
  if (runs(peer, store)) return peer;
  const loaded = Object.keys(modules).filter((file) => FILE.test(file));
  return loaded.map((file) => modules[file]?.exports).find((copy) => runs(copy, store));
}

/**
 * Whether a copy of Runner has made the store. It exports the class, but does not declare it.
 *
 * @param {any} copy
 * @param {unknown} store
 */
function runs(copy, store) {
  return typeof copy?.Store === 'function' && store instanceof copy.Store;
}

module.exports = { copyOf };
