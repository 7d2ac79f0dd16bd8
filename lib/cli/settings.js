// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { messageOf, show } = require('../errors');

/**
 * @typedef {import('./arguments').Given} Given
 * @typedef {import('./arguments').Problem} Problem
 * @typedef {import('./options').CliOption} CliOption
 */

const DEFAULT_FILE = 'runner-native.json';
const VARIABLE_PREFIX = 'RUNNER_NATIVE_';

/** Variables of that prefix that are not options of the command line. */
const OTHER_VARIABLES = ['RUNNER_NATIVE_CONFIG'];

/** The values of all options, from the file, the environment and the arguments; later ones override. */
class Settings {
  /** As the options of a server are structured. @type {any} */
  values = {};
  /** @type {Problem[]} */
  problems = [];
  /** Where the value at a path comes from, if not from the file. @type {Map<string, string>} */
  #origins = new Map();
  /** @type {string | undefined} */
  #file;

  /**
   * @param {Given[]} given by arguments
   * @param {CliOption[]} options
   * @param {{ env: NodeJS.ProcessEnv, cwd: string, config?: string }} surroundings
   */
  constructor(given, options, { env, cwd, config = env.RUNNER_NATIVE_CONFIG || undefined }) {
    this.#readFile(cwd, config);
    for (const variable of this.#fromEnvironment(options, env)) this.#set(variable);
    for (const argument of given) this.#set(argument);
  }

  /**
   * Adds to a problem of an option where its value comes from.
   *
   * @param {import('../../index').ConfigProblem} problem
   * @returns {Problem}
   */
  locate({ path: at, received, expected }) {
    const origin = [...this.#origins].find(([option]) => at === option || at.startsWith(`${option}[`));
    if (origin !== undefined) return { where: origin[1], received, expected };
    return { where: this.#file === undefined ? at : `${this.#file}: ${at}`, received, expected };
  }

  /**
   * Whether an option comes from an argument or a variable.
   *
   * @param {string} option its path
   */
  isOverridden(option) {
    return this.#origins.has(option);
  }

  /**
   * @param {string} cwd
   * @param {string | undefined} config
   */
  #readFile(cwd, config) {
    const file = path.resolve(cwd, config ?? DEFAULT_FILE);
    if (config === undefined && !fs.existsSync(file)) return;
    this.#file = config ?? DEFAULT_FILE;
    try {
      const values = JSON.parse(fs.readFileSync(file, 'utf8'));
      if (isObject(values)) this.values = relativeTo(path.dirname(file), values);
      else this.#refuse(this.#file, show(values), 'an object of options');
    } catch (error) {
      this.#refuse(this.#file, messageOf(error), 'a readable JSON file');
    }
  }

  /**
   * @param {CliOption[]} options
   * @param {NodeJS.ProcessEnv} env
   * @returns {Given[]}
   */
  #fromEnvironment(options, env) {
    const byVariable = new Map(options.map((option) => [option.variable, option]));
    /** @type {Given[]} */
    const given = [];
    for (const [name, text] of Object.entries(env)) {
      if (!name.startsWith(VARIABLE_PREFIX) || OTHER_VARIABLES.includes(name)) continue;
      const option = byVariable.get(name);
      // An empty variable counts as not set, since compose files and shells cannot unset one.
      if (option === undefined) this.#refuse(name, 'an unknown variable', 'one that --help lists');
      else if (text) given.push({ option, texts: option.isList ? text.split(',') : [text], where: name });
    }
    return given;
  }

  /** @param {Given} given */
  #set({ option, texts, where }) {
    const values = texts.map((text) => typed(option, text));
    this.override(option.path, values.length === 1 && option.takesOne ? values[0] : values, where);
  }

  /**
   * Sets the value of an option.
   *
   * @param {string} option its path
   * @param {unknown} value
   * @param {string} where it comes from
   */
  override(option, value, where) {
    const keys = option.split('.');
    const last = /** @type {string} */ (keys.pop());
    let at = this.values;
    for (const key of keys) {
      if (at[key] === undefined) at[key] = {};
      at = at[key];
      // The server reports what is not an object.
      if (!isObject(at)) return;
    }
    at[last] = value;
    this.#origins.set(option, where);
  }

  /** @param {string} where @param {string} received @param {string} expected */
  #refuse(where, received, expected) {
    this.problems.push({ where, received, expected });
  }
}

/**
 * Parses a text as a value of the option's type. One that cannot be parsed stays a text, which the owner of the option
 * refuses.
 *
 * @param {CliOption} option
 * @param {string} text
 */
function typed({ type }, text) {
  if (type === 'integer' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
  return text;
}

/**
 * The script of a configuration file is relative to that file.
 *
 * @param {string} folder
 * @param {any} values
 */
function relativeTo(folder, values) {
  const { script } = values;
  return typeof script === 'string' && script !== ''
    ? { ...values, script: path.resolve(folder, script) }
    : values;
}

/** @param {any} value */
function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

module.exports = { DEFAULT_FILE, Settings };
