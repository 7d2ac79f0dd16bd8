// @ts-check
'use strict';

/**
 * @typedef {{ title: string, head: string[], rows: string[][], leftColumns: number }} Table leftColumns: how many
 *   columns are text; the others are numbers and are right-aligned
 */

/** @param {Table} table */
function toText({ title, head, rows, leftColumns }) {
  const widths = head.map((cell, n) => Math.max(cell.length, ...rows.map((row) => row[n].length)));
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, n) => (n < leftColumns ? cell.padEnd(widths[n]) : cell.padStart(widths[n])))
      .join('  ')
      .trimEnd();
  return [title, line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** @param {Table} table */
function toMarkdown(table) {
  return `**${table.title}**\n\n${toMarkdownRows(table)}`;
}

/** @param {Table} table */
function toMarkdownRows({ head, rows, leftColumns }) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, n) => (n < leftColumns ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

module.exports = { toMarkdown, toMarkdownRows, toText };
