// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/**
 * Runs a command in the project's root on this terminal, and ends this process with its exit code if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  // On Windows npm is a batch file, which only a shell can start.
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell });
  if (error) fail(`${command} did not start: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether the command is there and runs
 */
function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}

module.exports = { ROOT, run, works, fail };
