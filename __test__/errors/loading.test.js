// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { mkdtemp, rm, writeFile } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { loadBinding } = require('../../lib/binding.js');
const { test } = require('../helpers/guarded.js');

const ROOT = path.join(__dirname, '../..');

/**
 * The error of a `require` in a process of its own.
 *
 * @param {string[]} execArgv
 * @param {Record<string, string>} env
 */
async function failure(execArgv, env = {}) {
  const script = `try { require(${JSON.stringify(ROOT)}); } catch (error) {
    const { code, message, reasons, cause } = error;
    process.stdout.write(JSON.stringify({ code, message, reasons, cause: String(cause) }));
  }`;
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, '-e', script], options);
  return JSON.parse(stdout);
}

test('a binary that may not be loaded is named, with the reason that Node gave', async () => {
  const { code, message, reasons } = await failure(['--no-addons']);
  assert.equal(code, 'BINARY_UNAVAILABLE');
  assert.match(reasons[0], /loading addons is disabled/);
  assert.match(reasons[1], /Cannot find module '@bluelibs\/runner-native-/);
  for (const reason of reasons) assert.ok(message.includes(reason));
  assert.match(message, /Present: .*runner-native\..*\.node$/);
  assert.doesNotMatch(message, /npm|wasi/);
});

test('a file that is not a binary is named, with the reason of the system', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'runner-native-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'broken.node');
  await writeFile(file, 'no binary');
  const { code, message, cause } = await failure([], { NAPI_RS_NATIVE_LIBRARY_PATH: file });
  assert.equal(code, 'BINARY_UNAVAILABLE');
  assert.ok(message.includes(file));
  assert.match(cause, /^Error: /);
});

test('what is thrown without causes is the reason itself', async () => {
  const load = () => {
    throw new Error('no room for it');
  };
  assert.throws(() => loadBinding(/** @type {any} */ (load)), {
    code: 'BINARY_UNAVAILABLE',
    reasons: ['no room for it'],
  });
});
