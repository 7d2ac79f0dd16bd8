// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { show } = require('../errors');
const { CLOSE_TIMEOUT, DEFAULT_CLOSE_TIMEOUT_MS, isMilliseconds } = require('../registration');
const { poolConfig } = require('../workers/options');
const { splitCommand } = require('./command-line');
const { FORMATS, LogWriter } = require('./log-writer');
const { DEFAULT_PORT } = require('./options');

/** Keys of the configuration file beside the options of a server. */
const OWN_KEYS = ['script', 'log', 'closeTimeoutMs', 'watch', 'pool'];

/** Any of them asks for a pool of workers. */
const POOL_KEYS = ['threads', 'processes', 'command'];

/**
 * @typedef {import('./settings').Settings} Settings
 *
 * @typedef {object} Plan what is to be served
 * @property {import('../server').TunnelServer} server
 * @property {LogWriter} log
 * @property {string} [script] absolute path
 * @property {Record<string, any>} [pool] the options of its workers; without them the script runs in this process
 * @property {string} [watched] the folder whose changes replace the workers
 * @property {number} closeTimeoutMs
 */

/**
 * Makes the server that the settings describe, and adds all their problems.
 *
 * @param {Settings} settings
 * @param {{ stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv, cwd: string }} io
 * @returns {Plan | undefined} nothing if there is a problem
 */
function plan(settings, { stdout, env, cwd }) {
  const { values } = settings;
  const {
    log: format,
    closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS,
    script,
    pool: given,
    watch,
    ...options
  } = values;
  const refuse = refuser(settings);
  if (format !== undefined && !FORMATS.includes(format)) refuse('log', format, FORMATS.join(' or '));
  if (!isMilliseconds(closeTimeoutMs, 0)) refuse('closeTimeoutMs', closeTimeoutMs, CLOSE_TIMEOUT);
  if (options.logger !== undefined) refuse('logger', options.logger, 'nothing: the log goes to stdout');
  if (watch !== undefined && typeof watch !== 'boolean') refuse('watch', watch, 'true or false');
  const pool = poolOf(given, settings);
  const file = scriptOf(script, pool, cwd, refuse);
  if (pool !== undefined) checkPool({ ...pool, script: file }, settings);
  else if (watch === true) refuse('watch', watch, 'workers: --threads, --workers or --command');
  const log = new LogWriter(stdout, format, env);
  const server = createServer({ port: DEFAULT_PORT, ...options }, log, settings);
  if (settings.problems.length > 0 || server === undefined) return undefined;
  const watched = watch === true ? path.dirname(file ?? path.join(cwd, '.')) : undefined;
  return { server, log, script: file, pool: pool && { ...pool, script: file }, watched, closeTimeoutMs };
}

/** @typedef {(path: string, received: unknown, expected: string) => void} Refuse */

/**
 * @param {Settings} settings
 * @returns {Refuse}
 */
function refuser(settings) {
  return (at, received, expected) => {
    settings.problems.push(settings.locate({ path: at, received: show(received), expected }));
  };
}

/**
 * The options of the workers, if there are to be any.
 *
 * @param {any} given
 * @param {Settings} settings
 * @returns {Record<string, any> | undefined}
 */
function poolOf(given, settings) {
  const refuse = refuser(settings);
  if (given === undefined) return undefined;
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    refuse('pool', given, 'an object');
    return undefined;
  }
  if (given.script !== undefined) refuse('pool.script', given.script, 'nothing: `script` names it');
  if (!POOL_KEYS.some((key) => given[key] !== undefined)) {
    for (const [key, value] of Object.entries(given)) {
      refuse(`pool.${key}`, value, 'workers: --threads, --workers or --command');
    }
    return undefined;
  }
  if (typeof given.command !== 'string' || !settings.isOverridden('pool.command')) return given;
  const words = splitCommand(given.command) ?? [];
  if (words.length === 0)
    refuse('pool.command', given.command, 'the words of a command, with every quote closed');
  return { ...given, command: words[0] ?? given.command, args: words.slice(1) };
}

/**
 * @param {unknown} script
 * @param {Record<string, any> | undefined} pool
 * @param {string} cwd
 * @param {Refuse} refuse
 * @returns {string | undefined} its absolute path
 */
function scriptOf(script, pool, cwd, refuse) {
  if (pool?.command !== undefined) {
    if (script !== undefined) refuse('script', script, 'a script or a command, not both');
    return undefined;
  }
  const file = typeof script === 'string' && script !== '' ? path.resolve(cwd, script) : undefined;
  if (file === undefined || !fs.existsSync(file))
    refuse('script', script, 'the path of a script that exists');
  return file;
}

/**
 * @param {Record<string, any>} pool
 * @param {Settings} settings
 */
function checkPool(pool, settings) {
  try {
    poolConfig(pool);
  } catch (error) {
    addProblems(error, settings, 'pool.');
  }
}

/**
 * @param {any} options
 * @param {LogWriter} logger
 * @param {Settings} settings
 */
function createServer(options, logger, settings) {
  const { TunnelServer } = require('../server');
  try {
    return new TunnelServer({ ...options, logger });
  } catch (error) {
    addProblems(error, settings, '');
    return undefined;
  }
}

/**
 * @param {any} error
 * @param {Settings} settings
 * @param {string} prefix of the paths in the configuration file
 */
function addProblems(error, settings, prefix) {
  if (error.code !== 'CONFIG_INVALID') throw error;
  for (const problem of error.problems) {
    // That of a script that is missing is reported already.
    if (prefix !== '' && problem.path === 'script') continue;
    const isStrayKey =
      prefix === '' && problem.received === 'an unknown option' && !problem.path.includes('.');
    const expected = isStrayKey ? `${problem.expected}, ${OWN_KEYS.join(', ')}` : problem.expected;
    settings.problems.push(settings.locate({ ...problem, path: `${prefix}${problem.path}`, expected }));
  }
}

module.exports = { plan };
