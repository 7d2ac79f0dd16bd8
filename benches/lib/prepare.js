// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const benches = path.join(__dirname, '..');
const root = path.join(benches, '..');

/** Builds and installs what a run needs and does not find. */
function preparePeers() {
  if (process.platform !== 'linux') {
    throw new Error('The benchmark reads CPU time and memory from /proc, so it runs on Linux only.');
  }
  prepareAddon();
  if (!fs.existsSync(path.join(benches, 'node_modules'))) {
    step('Installing the servers to compare with', 'npm', ['ci', '--ignore-scripts'], benches);
  }
  // Does nothing when it is up to date, and an old floor would be a wrong one.
  const floor = path.join(benches, 'floor');
  const target = path.join(floor, 'target');
  step(
    'Building axum alone',
    'cargo',
    ['build', '--release', '--locked', '--quiet', '--target-dir', target],
    floor,
  );
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
