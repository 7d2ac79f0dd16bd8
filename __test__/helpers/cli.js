// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const BIN = path.join(__dirname, '../../bin/runner-native.js');

/** The environment without what would configure the command. */
const PLAIN_ENV = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !name.startsWith('RUNNER_NATIVE') && name !== 'NODE_OPTIONS',
  ),
);

/**
 * Runs `runner-native`. It is killed with the test.
 *
 * @param {{ after: (fn: () => Promise<void>) => void }} t
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
function runCli(t, args, { env = {}, cwd = process.cwd() } = {}) {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...PLAIN_ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  /** @type {Promise<{ code: number | null, stdout: string, stderr: string }>} */
  const exited = new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  const cli = {
    exited,
    stdout: () => stdout,
    /** @param {NodeJS.Signals} signal */
    kill: (signal) => child.kill(signal),
    /** Waits until stdout matches. @param {RegExp} pattern */
    async prints(pattern) {
      while (!pattern.test(stdout)) {
        const ended = exited.then(() => {
          if (!pattern.test(stdout)) throw new Error(`the command has ended\n${stdout}\n${stderr}`);
        });
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
    /** The data of the first entry of the log with this message. @param {string} message */
    async logged(message) {
      await cli.prints(new RegExp(`"message":"${message}".*\\n`));
      const entries = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      return entries.find((entry) => entry.message === message).data;
    },
  };
  return cli;
}

/**
 * A folder with these files, which is removed with the test.
 *
 * @param {{ after: (fn: () => void) => void }} t
 * @param {Record<string, string>} files
 */
function folderOf(t, files) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-native-cli-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

/** Where the files of a temporary folder find this package. */
const WORKER_PACKAGE = JSON.stringify(path.join(__dirname, '../../worker'));

/** @param {string} options of `serveWorker`, as code */
const scriptOf = (options) => `require(${WORKER_PACKAGE}).serveWorker(${options});\n`;

module.exports = { folderOf, runCli, scriptOf };
