// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { END, file, formHead, manifest, named } = require('../helpers/form.js');
const { test } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

const CLIENTS = 8;
const CALLS = 60;

test('a file that comes in pieces is read to its end, however its boundary falls on them', async (t) => {
  const { port } = await startServer(t, {}, (server) =>
    server.registerTask('length', async (/** @type {any} */ input) => {
      let length = 0;
      const stream = input.file.stream();
      stream.on('data', (/** @type {Buffer} */ chunk) => (length += chunk.length));
      await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
      return length;
    }),
  );
  const part = file('F1', 'contents');
  const at = part.indexOf('contents');
  const pieces = [manifest({ file: named('F1') }), part.slice(0, at), 'contents', `\r\n${END}`];
  const head = formHead('length', pieces.join('').length);
  const send = async () => {
    const client = await connect(t, port);
    for (let count = 0; count < CALLS; count += 1) {
      for (const piece of [head, ...pieces]) await client.write(piece);
      assert.equal((await client.response()).body, '{"ok":true,"result":8}');
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, send));
});
