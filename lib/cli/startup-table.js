// @ts-check
'use strict';

const { version } = require('../../package.json');

/** More ids are counted. */
const MAX_IDS = 10;
const LABEL_WIDTH = 9;

/**
 * The table that a terminal shows once the server listens.
 *
 * @param {{ url: string, workers: string, tasks: string[], events: string[], closeTimeoutMs: number }} facts
 */
function startupTable({ url, workers, tasks, events, closeTimeoutMs }) {
  const rows = [
    ['address', url],
    ['workers', workers],
    ...idRows('tasks', tasks),
    ...idRows('events', events),
    ['stop', `Ctrl-C; running calls may finish for up to ${closeTimeoutMs / 1000} s`],
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`);
  return ['', `runner-native ${version}`, '', ...lines, ''].join('\n');
}

/**
 * @param {string} label
 * @param {string[]} ids
 */
function idRows(label, ids) {
  if (ids.length === 0) return [[label, 'none']];
  const shown =
    ids.length > MAX_IDS + 1 ? [...ids.slice(0, MAX_IDS), `and ${ids.length - MAX_IDS} more`] : ids;
  return shown.map((id, at) => [at === 0 ? label : '', id]);
}

module.exports = { startupTable };
