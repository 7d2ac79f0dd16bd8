// @ts-check
'use strict';

const { loadBinding } = require('./binding');
const { configError } = require('./errors');

const { NativeServer } = loadBinding();

/**
 * Makes the native part of a server.
 *
 * @param {any} options
 * @param {import('./adapter').Adapter} adapter
 * @throws `CONFIG_INVALID` with every problem of the options
 */
function createNative(options, adapter) {
  try {
    return new NativeServer(options, adapter.core);
  } catch (error) {
    if (/** @type {any} */ (error).code !== 'CONFIG_INVALID') throw error;
    throw configError('TunnelServer', JSON.parse(/** @type {Error} */ (error).message));
  }
}

module.exports = { createNative };
