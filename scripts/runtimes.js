// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./run.js');

/** Runtimes that were fetched stay here, out of git. */
const CACHE = path.join(ROOT, '.cache', 'runtimes');

const NODE_MAJORS = [18, 20, 22, 24, 26];

const { arch, platform } = process;
const windows = platform === 'win32';
const exe = windows ? '.exe' : '';

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string} spec of the npm package with the binary for this machine
 * @property {string[]} files possible paths of the binary in the package
 * @property {string[]} run the arguments before a script
 * @property {boolean} [isNode] whether it runs the whole suite, and not the smoke test alone
 */

/** @type {Runtime[]} */
const RUNTIMES = [
  ...NODE_MAJORS.map((major) => ({
    name: `Node ${major}`,
    spec: `node-${windows ? 'win' : platform}-${arch}@${major}`,
    files: [`bin/node${exe}`],
    run: [],
    isNode: true,
  })),
  {
    name: 'Bun',
    spec: `@oven/bun-${windows ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
    files: [`bin/bun${exe}`],
    run: [],
  },
  {
    name: 'Deno',
    spec: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`,
    files: [`deno${exe}`, `bin/deno${exe}`],
    run: ['run', '--allow-all', '--quiet'],
  },
];

/**
 * Fetches a runtime from the npm registry unless it is cached.
 *
 * @param {Runtime} runtime
 * @returns {string} its binary
 */
function fetchRuntime({ name, spec, files }) {
  const prefix = path.join(CACHE, name.toLowerCase().replace(' ', '-'));
  const found = binaryIn(prefix, spec, files);
  if (found !== undefined) return found;
  fs.mkdirSync(prefix, { recursive: true });
  fs.writeFileSync(path.join(prefix, 'package.json'), '{ "private": true }\n');
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', prefix, ...options, spec], { stdio: 'pipe', shell: windows });
  const binary = binaryIn(prefix, spec, files);
  if (binary === undefined) throw new Error(`${spec} holds none of ${files.join(', ')}`);
  if (!windows) fs.chmodSync(binary, 0o755);
  return binary;
}

/**
 * @param {string} prefix
 * @param {string} spec
 * @param {string[]} files
 */
function binaryIn(prefix, spec, files) {
  const folder = path.join(prefix, 'node_modules', spec.replace(/@\d+$/, ''));
  return files.map((file) => path.join(folder, file)).find((file) => fs.existsSync(file));
}

module.exports = { CACHE, RUNTIMES, fetchRuntime };
