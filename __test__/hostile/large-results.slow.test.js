// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { assertServes, startProbed } = require('../helpers/probe.js');

const MIB = 1024 * 1024;

test('results of 50 MB arrive whole, in ASCII and beyond', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('ascii', () => 'x'.repeat(50 * MIB));
    server.registerTask('unicode', () => '\u20ac'.repeat(17 * MIB));
    server.registerTask('array', () => new Array(10 * MIB).fill(1234));
  });
  for (const [id, length] of /** @type {const} */ ([
    ['ascii', 50 * MIB],
    ['unicode', 51 * MIB],
    ['array', 50 * MIB],
  ])) {
    const response = await callTask(port, id);
    assert.equal(response.status, 200);
    const around = '{"ok":true,"result":}'.length + (id === 'array' ? 1 : 2);
    assert.equal(Number(response.headers['content-length']), length + around);
    assert.equal(Buffer.byteLength(response.text), length + around);
    assert.ok(response.text.endsWith(id === 'array' ? '1234]}' : '"}'));
  }
  await assertServes(port);
});
