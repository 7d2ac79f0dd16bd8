// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../../..');

/** @param {string} file relative to the root */
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** The pages at the root; every page in docs/ comes with them. */
const TOP = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** @returns {string[]} every page of the documentation, relative to the root */
function pages() {
  const below = fs.readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const documents = below
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join('docs', ...file.split(path.sep)));
  return [...TOP, ...documents.sort()];
}

module.exports = { ROOT, pages, read };
