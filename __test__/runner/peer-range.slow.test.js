// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('../helpers/guarded.js');

const ROOT = path.join(__dirname, '..', '..');
const shell = process.platform === 'win32';

/**
 * @param {string} folder
 * @param {string} into
 */
function pack(folder, into) {
  const args = ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', into];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', shell, stdio: 'pipe' }));
  return path.join(into, filename);
}

/** @param {string} folder @param {string} version */
function fakeRunner(folder, version) {
  fs.mkdirSync(folder);
  const exports = { '.': './index.js', './node': './index.js', './package.json': './package.json' };
  const manifest = { name: '@bluelibs/runner', version, exports };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, 'index.js'), 'module.exports = {};\n');
}

test('the package can be installed beside a later major of Runner, whose applications its entry refuses', async (t) => {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-native-peer-'));
  t.after(() => fs.rmSync(project, { recursive: true, force: true }));
  fakeRunner(path.join(project, 'runner'), '6.1.0');
  const tarballs = [pack(ROOT, project), pack(path.join(project, 'runner'), project)];
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs];
  const { status, stderr } = spawnSync('npm', install, { cwd: project, encoding: 'utf8', shell });
  assert.equal(status, 0, stderr);

  const script = `try { require('@bluelibs/runner-native/runner') } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message })) }`;
  const printed = execFileSync(process.execPath, ['-e', script], { cwd: project, encoding: 'utf8' });
  const { code, message } = JSON.parse(printed);
  assert.equal(code, 'PEER_UNUSABLE');
  assert.match(message, /works with @bluelibs\/runner 5, from 5\.5\.0 on, but 6\.1\.0 is installed\./);
});
