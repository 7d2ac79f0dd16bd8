// @ts-check
'use strict';

const { loadBinding } = require('../lib/binding');

/** The environment variable that turns the native server off without a deploy. */
const SWITCH = 'RUNNER_NATIVE';

/** Bounds the chain of causes: more than the loader has files to try. */
const MAX_REASONS = 10;

/**
 * @typedef {object} Choice which server serves, for the log
 * @property {'native' | 'nodeExposure'} server
 * @property {string} [reason] why the native server is not chosen, or what is wrong with the switch
 * @property {'info' | 'warn'} level
 */

/**
 * Chooses the native server, unless it is turned off, cannot be loaded, or has no address to listen on.
 *
 * @param {any} config of `nativeExposure`
 * @param {NodeJS.ProcessEnv} [env]
 * @param {() => unknown} [load] loads the binary
 * @returns {Choice}
 */
function chooseServer(config, env = process.env, load = loadBinding) {
  const given = env[SWITCH] ?? '';
  const value = given.trim().toLowerCase();
  if (value === 'off') return nodeExposure(`${SWITCH} is off`);
  if (config?.http?.server) return nodeExposure('http.server is given: it is attached to');
  if (!config?.http?.listen)
    return nodeExposure('http.listen is not given: the application attaches the handlers');
  try {
    load();
  } catch (error) {
    return {
      server: 'nodeExposure',
      reason: `the binary cannot be loaded: ${reasons(error)}`,
      level: 'warn',
    };
  }
  if (value === '' || value === 'on') return { server: 'native', level: 'info' };
  const reason = `${SWITCH} is ${JSON.stringify(given)}, expected "on" or "off"`;
  return { server: 'native', reason, level: 'warn' };
}

/**
 * @param {string} reason
 * @returns {Choice}
 */
function nodeExposure(reason) {
  return { server: 'nodeExposure', reason, level: 'info' };
}

/**
 * Joins the reasons why each file cannot be loaded. The error of each attempt has that of the previous one as its
 * cause.
 *
 * @param {any} error
 */
function reasons(error) {
  if (Array.isArray(error?.reasons)) return error.reasons.join('; ');
  const lines = new Set();
  for (let at = error; at instanceof Error && lines.size < MAX_REASONS; at = at.cause) {
    lines.add(at.message.split('\n')[0]);
  }
  return [...lines].join('; ');
}

module.exports = { chooseServer };
