// @ts-check
'use strict';

const { version } = require('../../package.json');
const { ExitCode } = require('./exit-codes');
const { serveOptions } = require('./options');

const WIDTH = 100;
const INDENT = '  ';
const FLAG_WIDTH = 34;

const USAGE = `runner-native ${version}

Usage:
  runner-native serve SCRIPT [options]             serve the tasks and events of a script over HTTP
  runner-native serve --command COMMAND [options]  or those of a program in any language
  runner-native --help                             this text; serve --help has all options
  runner-native --version                          the version`;

const SERVE = `runner-native serve - serve tasks and events over HTTP

Synopsis:
  runner-native serve SCRIPT [--threads N | --workers N] [options]
  runner-native serve --command COMMAND [--workers N] [options]

Description:
  Serves the handlers that SCRIPT passes to serveWorker of @bluelibs/runner-native/worker, under
  http://HOST:PORT/__runner: in this process, in N threads, or in N worker processes. With --command the
  processes run any program that speaks the worker protocol over stdin and stdout.

  Every option can also be set by the variable that stands under it, and in a JSON file:
  runner-native.json in the current folder, or the one that --config or RUNNER_NATIVE_CONFIG names. The
  file has the structure of the options of TunnelServer; the options of workers are those of
  startWorkers, in \`pool\`. Arguments override variables, which override the file. Lists are given by
  repeating the option, and in a variable by commas. Unknown options, variables of the prefix
  RUNNER_NATIVE_, and keys are refused.

  SIGTERM and SIGINT close the server: it stops accepting, and running calls may finish for up to
  --close-timeout-ms. A second one ends the process at once. SIGHUP replaces the workers one by one,
  without losing a call.`;

const EXAMPLES = `Examples:
  runner-native serve ./worker.js --port 7070
  runner-native serve ./worker.js --workers 4 --watch
  runner-native serve --command 'python3 worker.py' --workers auto
  RUNNER_NATIVE_TOKEN=secret runner-native serve ./worker.js --host 0.0.0.0`;

/** @type {[code: number, meaning: string][]} */
const EXIT_CODES = [
  [ExitCode.OK, 'closed by a signal'],
  [ExitCode.FAILED, 'the script has failed, or workers cannot be started'],
  [ExitCode.USAGE, 'arguments, variables or the configuration file cannot be used'],
  [ExitCode.ADDRESS, 'the address cannot be bound'],
  [ExitCode.INTERRUPTED, 'ended by a second SIGINT'],
  [ExitCode.TERMINATED, 'ended by a second SIGTERM'],
];

/** The help of `runner-native` without a command. */
function usage() {
  return `${USAGE}\n`;
}

/** The whole help of `serve`. */
function serveHelp() {
  /** @type {Map<string, string[]>} */
  const sections = new Map([['Command', commandLines()]]);
  for (const option of serveOptions()) {
    const lines = sections.get(option.section) ?? [];
    sections.set(option.section, [...lines, ...describe(option)]);
  }
  const options = [...sections].map(([name, lines]) => `${name} options:\n${lines.join('\n')}`);
  const codes = EXIT_CODES.map(([code, meaning]) => `${INDENT}${String(code).padEnd(5)}${meaning}`);
  return `${[SERVE, ...options, EXAMPLES, `Exit codes:\n${codes.join('\n')}`].join('\n\n')}\n`;
}

function commandLines() {
  return [
    ...row('--config FILE', 'The configuration file.', 'RUNNER_NATIVE_CONFIG'),
    ...row('-h, --help', 'Prints this text.'),
    ...row('-V, --version', 'Prints the version.'),
  ];
}

/** @param {import('./options').CliOption} option */
function describe({ flag, value, help, detail, variable, isList }) {
  const repeated = isList ? ' …' : '';
  const text = detail === '' ? help : `${help} [${detail}]`;
  return row(value === '' ? `--[no-]${flag}` : `--${flag} ${value}${repeated}`, text, variable);
}

/**
 * @param {string} left
 * @param {string} text
 * @param {string} [variable]
 */
function row(left, text, variable) {
  const lines = wrap(text, WIDTH - FLAG_WIDTH - INDENT.length);
  const column = [...lines, ...(variable === undefined ? [] : [variable])];
  return column.map((line, at) => `${INDENT}${(at === 0 ? left : '').padEnd(FLAG_WIDTH)}${line}`);
}

/**
 * @param {string} text
 * @param {number} width
 */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

module.exports = { serveHelp, usage };
