// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { test } = require('../helpers/guarded.js');

/** Asks for resources that stay open as tools such as Jest do: by async hooks, from before the package is loaded. */
const SCRIPT = `
  const { createHook } = require('node:async_hooks');
  const open = new Map();
  createHook({ init: (id, type) => open.set(id, type), destroy: (id) => open.delete(id) }).enable();
  const ofOurs = () => [...open.values()].filter((type) => /CustomGC|TunnelServer|runner/i.test(type));
  const seen = {};
  const { TunnelServer } = require('.');
  seen.loaded = ofOurs();
  const server = new TunnelServer({ port: 0 });
  server.registerTask('ping', () => 'pong');
  seen.made = ofOurs();
  server.listen().then(async () => {
    seen.listening = ofOurs();
    await server.close();
    while (ofOurs().length > 0) await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify(seen));
  });
`;

test('loading the package opens nothing, and what a server opens it closes', async () => {
  const cwd = join(__dirname, '..', '..');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', SCRIPT], { cwd });
  const { loaded, made, listening } = JSON.parse(stdout);
  assert.deepEqual({ loaded, made }, { loaded: [], made: [] });
  assert.ok(listening.includes('TunnelServer'), String(listening));
  assert.equal(stderr, '');
});
