// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./run.js');

/** What the addon is made of. Folders count with all that is in them. */
const ADDON_SOURCES = ['src', 'build.rs', 'Cargo.toml', 'Cargo.lock', '.cargo', 'rust-toolchain.toml'];

/** @returns {boolean} whether node_modules holds what package-lock.json asks for */
function packagesAreFresh() {
  // npm writes this file at the end of every install.
  const installed = changedAt('node_modules/.package-lock.json');
  return installed > 0 && installed >= changedAt('package-lock.json');
}

/** @returns {boolean} whether the addon for this machine is newer than its sources */
function addonIsFresh() {
  const built = changedAt(addonFile());
  return (
    built > 0 && changedAt('binding.js') > 0 && ADDON_SOURCES.every((source) => changedAt(source) <= built)
  );
}

/** @returns {string} the name that `napi build --platform` gives the addon here */
function addonFile() {
  return `runner-native.${platformName()}.node`;
}

/** @returns {string} as in the folder names under npm/ */
function platformName() {
  const { platform, arch } = process;
  if (platform === 'linux') return `linux-${arch}-${usesGlibc() ? 'gnu' : 'musl'}`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

function usesGlibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime !== undefined;
}

/**
 * @param {string} name relative to the root
 * @returns {number} the latest modification time in it, 0 if it does not exist
 */
function changedAt(name) {
  const file = path.join(ROOT, name);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // The time of the folder itself changes when files are removed.
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((entry) => changedAt(path.join(name, entry))));
}

module.exports = { packagesAreFresh, addonIsFresh, addonFile, platformName };
