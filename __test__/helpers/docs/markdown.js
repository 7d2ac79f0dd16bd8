// @ts-check
'use strict';

/**
 * @typedef {object} Block
 * @property {string} language
 * @property {string} heading the nearest heading above
 * @property {string} code
 */

/** @param {string} heading how GitHub makes anchors */
function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/**
 * @param {string} text
 * @returns {string} the text with its fenced blocks blanked, so that headings and links in code do not count
 */
function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** @param {string} text */
function headings(text) {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
}

/** @param {string} text @returns {string[]} targets of links and images */
function links(text) {
  return [...withoutCode(text).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
}

/** @param {string} text @returns {Block[]} */
function blocks(text) {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    language,
    heading: headings(text.slice(0, index)).at(-1) ?? '',
    code,
  }));
}

/**
 * The rows of every table with these columns, in order; backticks around a whole cell are dropped.
 *
 * @param {string} text
 * @param {string[]} columns
 * @returns {Record<string, string>[]}
 */
function table(text, columns) {
  const head = `| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}\n`;
  const parts = text.split(head).slice(1);
  if (parts.length === 0) throw new Error(`no table with the columns ${columns.join(', ')}`);
  return parts.flatMap((part) => {
    const lines = part.split('\n');
    const rows = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('|')),
    );
    return rows.map((row) => rowOf(row, columns));
  });
}

/** @param {string} row @param {string[]} columns @returns {Record<string, string>} */
function rowOf(row, columns) {
  const cells = row.slice(2, -2).split(' | ');
  if (cells.length !== columns.length) throw new Error(`a row of ${cells.length} cells: ${row}`);
  return Object.fromEntries(columns.map((column, i) => [column, cells[i].replace(/^`([^`]*)`$/, '$1')]));
}

module.exports = { blocks, headings, links, slug, table };
