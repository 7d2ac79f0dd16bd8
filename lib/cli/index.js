// @ts-check
'use strict';

const { version } = require('../../package.json');
const { messageOf } = require('../errors');
const { readArguments } = require('./arguments');
const { ExitCode } = require('./exit-codes');
const { serveHelp, usage } = require('./help');
const { serveOptions } = require('./options');
const { plan } = require('./plan');
const { serve } = require('./serve');
const { Settings } = require('./settings');

/**
 * Runs the command line. Ends the process if there is nothing to serve.
 *
 * @param {string[]} args
 */
function main(args) {
  const [command, ...rest] = args;
  try {
    if (command === 'serve') runServe(rest);
    else if (command === '--help' || command === '-h') print(usage());
    else if (command === '--version' || command === '-V') print(`${version}\n`);
    else {
      const received = command === undefined ? 'no command' : `an unknown command: ${command}`;
      process.stderr.write(`runner-native: ${received}\n\n${usage()}`);
      exit(ExitCode.USAGE);
    }
  } catch (error) {
    process.stderr.write(`runner-native: ${messageOf(error)}\n`);
    exit(ExitCode.FAILED);
  }
}

/** @param {string[]} args */
function runServe(args) {
  const options = serveOptions();
  const { given, positionals, config, isHelp, isVersion, problems } = readArguments(args, options);
  if (isHelp) return print(serveHelp());
  if (isVersion) return print(`${version}\n`);
  const { env, stdout } = process;
  const settings = new Settings(given, options, { env, cwd: process.cwd(), config });
  settings.problems.unshift(...problems);
  const [script, ...others] = positionals;
  if (script !== undefined) settings.override('script', script, 'SCRIPT');
  // The argument after an unknown option may be its value.
  for (const other of problems.length === 0 ? others : []) {
    settings.problems.push({ where: other, received: 'another argument', expected: 'one script' });
  }
  const planned = plan(settings, { env, stdout, cwd: process.cwd() });
  if (planned !== undefined) return serve(planned, exit);
  refuse(settings.problems);
}

/** @param {import('./arguments').Problem[]} problems */
function refuse(problems) {
  const lines = problems.map(
    ({ where, received, expected }) => `  ${where}: received ${received}, expected ${expected}`,
  );
  const head = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  process.stderr.write(
    `runner-native: ${head}\n${lines.join('\n')}\nRun runner-native serve --help for all options.\n`,
  );
  exit(ExitCode.USAGE);
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text, () => process.exit(ExitCode.OK));
}

/**
 * Ends the process once its output is written.
 *
 * @param {number} code
 */
function exit(code) {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

module.exports = { main };
