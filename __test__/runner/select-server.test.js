// @ts-check
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { chooseServer } = require('../../runner/select-server.js');
const { test } = require('../helpers/guarded.js');

const config = { http: { listen: { port: 0 } } };

/** @param {string | undefined} value */
const env = (value) => (value === undefined ? {} : { RUNNER_NATIVE: value });
const loads = () => {};

test('the native server serves where nothing speaks against it', async () => {
  for (const value of [undefined, '', ' ', 'on', 'ON ']) {
    assert.deepEqual(chooseServer(config, env(value), loads), { server: 'native', level: 'info' });
  }
});

test('the environment turns it off', async () => {
  for (const value of ['off', 'OFF', ' Off\n']) {
    const { server, reason, level } = chooseServer(config, env(value), loads);
    assert.deepEqual([server, reason, level], ['nodeExposure', 'RUNNER_NATIVE is off', 'info']);
  }
});

test('another value of the environment variable changes nothing, and is logged', async () => {
  for (const value of ['0', 'false', 'of']) {
    const { server, reason, level } = chooseServer(config, env(value), loads);
    assert.deepEqual([server, level], ['native', 'warn']);
    assert.equal(reason, `RUNNER_NATIVE is "${value}", expected "on" or "off"`);
  }
});

test('nodeExposure serves where the binary cannot be loaded, and the reason is logged', async () => {
  const { server, reason, level } = chooseServer(config, env(undefined), () => {
    const cause = new Error('GLIBC_2.99 not found\nRequire stack:\n- here');
    throw new Error('Cannot find native binding', { cause });
  });
  assert.deepEqual([server, level], ['nodeExposure', 'warn']);
  assert.equal(reason, 'the binary cannot be loaded: Cannot find native binding; GLIBC_2.99 not found');
});

test('nodeExposure serves an application with a server of its own, or without an address', async () => {
  for (const [settings, setting] of /** @type {Array<[any, string]>} */ ([
    [{ http: { server: http.createServer(), listen: { port: 0 } } }, 'http.server'],
    [{ http: {} }, 'http.listen'],
    [{}, 'http.listen'],
    [undefined, 'http.listen'],
  ])) {
    const { server, reason, level } = chooseServer(settings, env(undefined), () => assert.fail('not asked'));
    assert.deepEqual([server, level], ['nodeExposure', 'info']);
    assert.ok(reason?.startsWith(setting), reason);
  }
});

test('the binary of this machine can be loaded', async () => {
  assert.equal(chooseServer(config, {}).server, 'native');
});
