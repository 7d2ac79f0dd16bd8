// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { bunBinary } = require('./peers');

const root = path.join(__dirname, '..', '..');

/** Where a result was measured: figures move from machine to machine. */
function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0].model.trim(),
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
  };
}

/** What a run without peers depends on. */
function describeOurs() {
  return {
    'runner-native': versionOf(path.join(root, 'package.json')),
    commit: commit(),
    node: process.versions.node,
    rustc: output('rustc', ['--version']).replace(/^rustc /, ''),
  };
}

/** @param {{ name: string, version: string }} generator */
function describeVersions(generator) {
  return {
    ...describeOurs(),
    bun: output(bunBinary() ?? 'bun', ['--version']),
    fastify: installed('benches', 'fastify'),
    '@bluelibs/runner': installed('.', '@bluelibs/runner'),
    axum: lockedCrate('axum'),
    load: generator.version,
  };
}

/** The short hash of what is checked out; marked when files differ from it. */
function commit() {
  const hash = output('git', ['rev-parse', '--short=8', 'HEAD']);
  if (!/^[0-9a-f]+$/.test(hash)) return 'uncommitted';
  // Results change during measurements, so they do not make a tree dirty.
  const changed = output('git', ['status', '--porcelain', '--', '.', ':!benches/results']);
  return changed ? `${hash}-dirty` : hash;
}

/**
 * @param {string} folder where it is installed, from the root
 * @param {string} name
 */
function installed(folder, name) {
  const file = path.join(root, folder, 'node_modules', name, 'package.json');
  return fs.existsSync(file) ? versionOf(file) : 'not installed';
}

/** @param {string} name */
function lockedCrate(name) {
  const lock = fs.readFileSync(path.join(root, 'benches', 'floor', 'Cargo.lock'), 'utf8');
  return new RegExp(`name = "${name}"\\nversion = "(.+)"`).exec(lock)?.[1] ?? 'unknown';
}

/** @param {string} file */
function versionOf(file) {
  return /** @type {string} */ (JSON.parse(fs.readFileSync(file, 'utf8')).version);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function output(command, args) {
  const { stdout, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return error ? 'unknown' : stdout.trim();
}

module.exports = { describeMachine, describeOurs, describeVersions };
