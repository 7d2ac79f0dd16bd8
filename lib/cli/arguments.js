// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { show } = require('../errors');

/**
 * @typedef {import('./options').CliOption} CliOption
 * @typedef {{ received: string, expected: string, where: string }} Problem `where` is a flag, a variable, or a file with
 *   a path
 * @typedef {{ option: CliOption, texts: string[], where: string }} Given the texts that were given for an option
 */

/** Flags that stand beside the options. */
const SWITCHES = { help: 'h', version: 'V' };

/**
 * Reads the arguments of a command, without judging their values.
 *
 * @param {string[]} args
 * @param {CliOption[]} options
 * @returns {{ given: Given[], positionals: string[], config?: string, isHelp: boolean, isVersion: boolean, problems: Problem[] }}
 */
function readArguments(args, options) {
  const byFlag = new Map(options.map((option) => [option.flag, option]));
  const { tokens } = parseArgs({
    args,
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  /** @type {Map<CliOption, Given>} */
  const given = new Map();
  /** @type {ReturnType<typeof readArguments>} */
  const result = { given: [], positionals: [], isHelp: false, isVersion: false, problems: [] };
  for (const token of tokens) {
    if (token.kind === 'positional') result.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const problem = problemOf(token, byFlag);
    if (problem !== undefined) result.problems.push(problem);
    else if (token.name === 'help') result.isHelp = true;
    else if (token.name === 'version') result.isVersion = true;
    else if (token.name === 'config') result.config = token.value;
    else add(given, /** @type {CliOption} */ (byFlag.get(positive(token.name, byFlag))), token);
  }
  result.given = [...given.values()];
  return result;
}

/** @param {CliOption[]} options */
function parserOptions(options) {
  /** @type {Record<string, { type: 'string' | 'boolean', short?: string }>} */
  const parsed = { config: { type: 'string' } };
  for (const [name, short] of Object.entries(SWITCHES)) parsed[name] = { type: 'boolean', short };
  for (const { flag, type } of options) {
    parsed[flag] = { type: type === 'boolean' ? 'boolean' : 'string' };
    if (type === 'boolean') parsed[`no-${flag}`] = { type: 'boolean' };
  }
  return parsed;
}

/**
 * The flag of which `--no-…` is the negative.
 *
 * @param {string} name
 * @param {Map<string, CliOption>} byFlag
 */
function positive(name, byFlag) {
  return byFlag.has(name) ? name : name.replace(/^no-/, '');
}

/**
 * @param {{ name: string, rawName: string, value?: string, inlineValue?: boolean }} token
 * @param {Map<string, CliOption>} byFlag
 * @returns {Problem | undefined}
 */
function problemOf({ name, rawName, value, inlineValue }, byFlag) {
  const option = byFlag.get(positive(name, byFlag));
  const isSwitch = Object.hasOwn(SWITCHES, name) || option?.type === 'boolean';
  if (option === undefined && !isSwitch && name !== 'config') {
    return { where: rawName, received: 'an unknown option', expected: suggestion(name, byFlag) };
  }
  if (isSwitch) {
    const isFine = value === undefined;
    return isFine
      ? undefined
      : { where: rawName, received: show(value), expected: `no value; --no-${name} turns it off` };
  }
  if (value === undefined) return { where: rawName, received: 'nothing', expected: 'a value' };
  if (!inlineValue && value.startsWith('-') && value !== '-') {
    return {
      where: rawName,
      received: show(value),
      expected: `a value; one that begins with a dash as ${rawName}=${value}`,
    };
  }
  return undefined;
}

/**
 * @param {string} name
 * @param {Map<string, CliOption>} byFlag
 */
function suggestion(name, byFlag) {
  const close = [...byFlag.keys()].filter((flag) => distance(flag, name) <= 2);
  return close.length === 0 ? 'one that --help lists' : close.map((flag) => `--${flag}`).join(' or ');
}

/**
 * The number of characters to insert, delete or replace between two words.
 *
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, replaced));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * Of an option that is given twice the last one counts, unless it is a list.
 *
 * @param {Map<CliOption, Given>} given
 * @param {CliOption} option
 * @param {{ name: string, rawName: string, value?: string }} token
 */
function add(given, option, { name, rawName, value }) {
  const text = value ?? String(name === option.flag);
  const texts = option.isList ? [...(given.get(option)?.texts ?? []), text] : [text];
  given.set(option, { option, texts, where: rawName });
}

module.exports = { readArguments };
