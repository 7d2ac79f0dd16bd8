// @ts-check
'use strict';

/**
 * @typedef {object} Item
 * @property {string} name
 * @property {string} type what follows the colon of a property, '' for a method
 * @property {string} doc the comment in front, '' without one
 *
 * @typedef {Item & { members: Item[] }} Declaration
 */

const EXPORTED = /^export (?:class|interface|type|const) (\w+)/;
const MEMBER = /^ {2}(?:readonly )?(\[?[\w.]+\]?)\??(?:: (.+);$|[:(<])/;

/**
 * Reads the exported declarations of a declaration file in the layout of this repository: two spaces per level, every
 * member on its own line.
 *
 * @param {string} text
 * @returns {Map<string, Declaration>}
 */
function declarations(text) {
  /** @type {Map<string, Declaration>} */
  const found = new Map();
  /** @type {Declaration | undefined} */
  let open;
  let doc = '';
  let inDoc = false;
  for (const line of text.split('\n')) {
    if (/^ *\/\*\*/.test(line)) doc = '';
    inDoc ||= /^ *\/\*\*/.test(line);
    if (inDoc) {
      doc += `${line}\n`;
      inDoc = !line.endsWith('*/');
      continue;
    }
    const exported = EXPORTED.exec(line);
    const member = open && MEMBER.exec(line);
    if (exported) {
      const declaration = { name: exported[1], type: '', doc, members: [] };
      found.set(declaration.name, declaration);
      open = line.endsWith('{') ? declaration : undefined;
    } else if (line === '}') open = undefined;
    else if (open && member) open.members.push({ name: member[1], type: member[2] ?? '', doc });
    else continue;
    doc = '';
  }
  return found;
}

/**
 * The options by path, with their `@defaultValue`; the options in sections, not the sections themselves.
 *
 * @param {Map<string, Declaration>} all
 * @param {string} name of the interface
 * @param {string} [prefix]
 * @returns {Map<string, string | undefined>}
 */
function optionDefaults(all, name, prefix = '') {
  /** @type {Map<string, string | undefined>} */
  const defaults = new Map();
  for (const member of all.get(name)?.members ?? []) {
    const path = prefix + member.name;
    if (member.type.endsWith('Options')) {
      for (const [key, value] of optionDefaults(all, member.type, `${path}.`)) defaults.set(key, value);
    } else defaults.set(path, /@defaultValue `(.+)`/.exec(member.doc)?.[1]);
  }
  return defaults;
}

/**
 * The texts of a union of string literals, unions that it names included.
 *
 * @param {string} text
 * @param {string} name
 * @returns {string[]}
 */
function union(text, name) {
  const body = new RegExp(`^export type ${name} =([^;]+);`, 'm').exec(text)?.[1];
  if (body === undefined) throw new Error(`no union ${name}`);
  return body
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => (part.startsWith("'") ? part.slice(1, -1) : union(text, part)));
}

module.exports = { declarations, optionDefaults, union };
