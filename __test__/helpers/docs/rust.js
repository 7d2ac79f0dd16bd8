// @ts-check
'use strict';

/**
 * @typedef {object} WireError
 * @property {string} status
 * @property {string} code
 * @property {string} message
 */

/**
 * The table in src/error.rs: `Variant [{ id }] => status, "CODE", "message";`.
 *
 * @param {string} source
 * @returns {WireError[]}
 */
function wireErrors(source) {
  const body = /^request_errors! \{$([\s\S]*?)^\}$/m.exec(source)?.[1];
  if (body === undefined) throw new Error('no table of request errors');
  return [...body.matchAll(/^ {4}\w+(?: \{ \w+ \})? => (\d+), "(\w+)",\s+"([^"]+)";$/gm)].map(
    ([, status, code, message]) => ({ status, code, message }),
  );
}

/**
 * The defaults of limits, by their names in the options; a limit that is off by default is left out, and so are those
 * of another struct.
 *
 * @param {string} source
 * @param {string} struct
 * @param {string} path of the options
 * @returns {Map<string, string>}
 */
function limitDefaults(source, struct, path) {
  const body = new RegExp(`^impl Default for ${struct} \\{$([\\s\\S]*?)^\\}$`, 'm').exec(source)?.[1];
  if (body === undefined) throw new Error('no defaults of the limits');
  /** @type {Map<string, string>} */
  const defaults = new Map();
  for (const [, field, value] of body.matchAll(/^ {12}(\w+): (.+),$/gm)) {
    if (value === 'None' || value.endsWith('::default()')) continue;
    const seconds = /^(?:Some\()?Duration::from_secs\((\d+)\)\)?$/.exec(value)?.[1];
    const name = field.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    if (seconds) defaults.set(`${path}.${name}Ms`, String(Number(seconds) * 1000));
    else defaults.set(`${path}.${name}`, String(product(value)));
  }
  return defaults;
}

/** @param {string} expression such as `2 * 1024 * 1024` or `16_384` */
function product(expression) {
  return expression
    .replaceAll('_', '')
    .split('*')
    .reduce((result, factor) => result * Number(factor), 1);
}

/**
 * @param {string} source
 * @param {string} name of a constant
 * @returns {string} its value: a text without its quotes, or a number
 */
function constant(source, name) {
  const value = new RegExp(`^const ${name}: .+ = (?:.*"(.+)".*|(\\d+));$`, 'm').exec(source);
  if (!value) throw new Error(`no constant ${name}`);
  return value[1] ?? value[2];
}

/**
 * @param {string} source
 * @param {string} name of a yes-or-no option
 */
function flag(source, name) {
  const value = new RegExp(`\\.flag\\("${name}", (true|false)\\)`).exec(source)?.[1];
  if (!value) throw new Error(`no flag ${name}`);
  return value;
}

module.exports = { constant, flag, limitDefaults, wireErrors };
