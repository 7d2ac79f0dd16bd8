// @ts-check
'use strict';

const { execFile } = require('node:child_process');

const { ROOT } = require('./pages.js');

/**
 * Runs a snippet in a process of its own, as an ES module if it imports, with free ports in place of 7070 and 7071.
 *
 * @param {string} code
 * @param {AbortSignal} signal ends the process
 * @returns {Promise<string[]>} the lines that it printed; rejects where it fails
 */
function run(code, signal) {
  const args = ['--require', './__test__/helpers/docs/preload.js'];
  if (/^import /m.test(code)) args.push('--input-type=module');
  args.push('--eval', code.replace(/\b707[01]\b/g, '0'));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: ROOT, signal }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout.split('\n'));
    });
  });
}

/**
 * @param {string} code
 * @returns {string[]} the lines that comments behind `console.log(…);` announce
 */
function announced(code) {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
}

module.exports = { announced, run };
