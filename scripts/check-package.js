// @ts-check
'use strict';

// Packs the package and this machine's binary as npm would publish them, installs both in an empty project
// elsewhere, and uses them there: from CommonJS, from an ES module, from TypeScript, and without and with Runner.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('./run.js');
const { addonFile, platformName } = require('./freshness.js');

const PACKED = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json'];
const PACKED_CODE = ['index.js', 'index.d.ts', 'binding.js', 'binding.d.ts'];
const PACKED_FOLDERS = ['bin/', 'lib/', 'runner/', 'worker/'];

checkVersions();
const project = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-native-package-'));
try {
  install();
  use();
} finally {
  fs.rmSync(project, { recursive: true, force: true });
}
console.log('package: installs and works outside of the repository');

/** Cargo.toml, package.json and the platform packages are released together. */
function checkVersions() {
  const { version } = readJson('package.json');
  const cargo = fs.readFileSync(path.join(ROOT, 'Cargo.toml'), 'utf8').match(/^version = "(.+)"$/m)?.[1];
  assert.equal(cargo, version, 'Cargo.toml and package.json have different versions');
  for (const platform of fs.readdirSync(path.join(ROOT, 'npm'))) {
    const file = `npm/${platform}/package.json`;
    assert.equal(readJson(file).version, version, `${file} and package.json have different versions`);
  }
}

function install() {
  const binary = path.join(project, 'binary');
  fs.cpSync(path.join(ROOT, 'npm', platformName()), binary, { recursive: true });
  fs.copyFileSync(path.join(ROOT, addonFile()), path.join(binary, addonFile()));
  const tarballs = [pack(ROOT, checkContents), pack(binary)];

  fs.cpSync(path.join(__dirname, 'consumer'), project, { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  npm(['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs]);
}

/**
 * @param {string} folder
 * @param {(files: string[]) => void} [check]
 * @returns {string} the tarball
 */
function pack(folder, check) {
  const [{ filename, files }] = JSON.parse(npm(['pack', folder, '--json']));
  check?.(files.map((/** @type {{ path: string }} */ file) => file.path));
  return path.join(project, filename);
}

/** @param {string[]} files */
function checkContents(files) {
  for (const file of [...PACKED, ...PACKED_CODE]) assert.ok(files.includes(file), `${file} is not packed`);
  const strays = files.filter(
    (file) =>
      ![...PACKED, ...PACKED_CODE].includes(file) &&
      !PACKED_FOLDERS.some((folder) => file.startsWith(folder)),
  );
  assert.deepEqual(strays, [], 'packed, but not meant to be');
}

function use() {
  for (const script of ['require.cjs', 'import.mjs', 'runner-absent.cjs', 'worker.cjs']) node([script]);
  node([path.join('node_modules', '@bluelibs', 'runner-native', 'bin', 'runner-native.js'), '--version']);
  node([require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json']);
  installRunner();
  node(['runner.cjs']);
}

/** The copy of Runner that this repository is tested with. */
function installRunner() {
  const peer = path.join('node_modules', '@bluelibs', 'runner');
  fs.symlinkSync(path.join(ROOT, peer), path.join(project, peer), 'junction');
}

/** @param {string[]} args */
function node(args) {
  execFileSync(process.execPath, args, { cwd: project, stdio: 'inherit' });
}

/**
 * @param {string[]} args
 * @returns {string} what it printed
 */
function npm(args) {
  const shell = process.platform === 'win32';
  return execFileSync('npm', args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell,
  });
}

/** @param {string} file relative to the root */
function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));
}
