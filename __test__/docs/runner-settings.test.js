// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { serverOptions } = require('../../runner/config.js');
const { table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');

const page = read('docs/guides/runner-app.md');

describe('settings of a Runner application', () => {
  /**
   * @param {string} path of a setting, or of a section of them
   * @returns {string[]} the settings in it
   */
  function settings(path) {
    const unknown = path ? `${path}.unknown` : 'unknown';
    const config = unknown.split('.').reduceRight((inner, key) => ({ [key]: inner }), /** @type {any} */ (1));
    const problem = serverOptions(config, {}).problems.find((found) => found.path === unknown);
    const keys = problem?.expected.replace(/^one of: /, '').split(', ');
    return keys?.flatMap((key) => settings(path ? `${path}.${key}` : key)) ?? [path];
  }

  test('the page lists each of those that runner/config.js knows', () => {
    const rows = table(page, ['Setting', 'Effect']).map(({ Setting }) => Setting);
    /** @param {string} setting */
    const rowOf = (setting) => rows.filter((row) => setting === row || setting.startsWith(`${row}.`));
    const listed = settings('').map((setting) => ({ setting, rows: rowOf(setting).length }));
    assert.deepEqual(
      listed.filter(({ rows }) => rows !== 1),
      [],
    );
    assert.deepEqual([...new Set(settings('').flatMap(rowOf))].sort(), rows.sort());
  });
});
