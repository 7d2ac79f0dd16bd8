// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const benches = path.join(__dirname, '..');
const root = path.join(benches, '..');

/** What needs the packages of the benchmark's own. */
const PACKAGED = ['fastify', 'bun'];

/**
 * Builds and installs what a run needs and is missing.
 * @param {string[]} names of the peers
 */
function preparePeers(names) {
  if (process.platform !== 'linux') {
    throw new Error('The benchmark reads CPU time and memory from /proc, so it runs on Linux only.');
  }
  prepareAddon();
  const needed = names.some((name) => PACKAGED.includes(name));
  // An old copy would be found before that of the root.
  if ((needed || fs.existsSync(path.join(benches, 'node_modules'))) && !packagesAreFresh()) {
    step('Installing the servers to compare with', 'npm', ['ci', '--ignore-scripts'], benches);
  }
  if (!names.includes('floor')) return;
  // Always run, since cargo skips what is up to date, and an outdated floor would be wrong.
  const floor = path.join(benches, 'floor');
  const target = path.join(floor, 'target');
  step(
    'Building axum alone',
    'cargo',
    ['build', '--release', '--locked', '--quiet', '--target-dir', target],
    floor,
  );
}

/** npm writes the one file at the end of every install. */
function packagesAreFresh() {
  const [installed, locked] = ['node_modules/.package-lock.json', 'package-lock.json'].map(
    (name) => fs.statSync(path.join(benches, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return installed > 0 && installed >= locked;
}

/** Asked in a process of its own, so that the harness never loads the addon. */
function prepareAddon() {
  const loads = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', root]).status === 0;
  if (!loads) step('Building the addon', process.execPath, [path.join('scripts', 'setup.js')], root);
}

/**
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function step(what, command, args, cwd) {
  process.stderr.write(`${what}\n`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw new Error(`${what}: ${command} could not be started (${error.message}).`);
  if (status !== 0) throw new Error(`${what}: ${command} ended with ${status}.`);
}

module.exports = { prepareAddon, preparePeers };
