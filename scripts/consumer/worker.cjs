'use strict';

// A worker process needs no native binary, which may be missing where it runs.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');

const [, , role] = process.argv;
const { serveWorker } = require('@bluelibs/runner-native/worker');

if (role === 'worker') {
  serveWorker({ tasks: { add: ({ a, b }) => a + b } });
} else {
  assert.deepEqual(
    Object.keys(require.cache).filter((file) => /\.node$|binding\.js$/.test(file)),
    [],
  );
  const input = '{"type":"task","id":1,"taskId":"add","input":{"a":2,"b":3}}\n{"type":"shutdown"}\n';
  const { status, stdout } = spawnSync(process.execPath, [__filename, 'worker'], { input, encoding: 'utf8' });
  assert.equal(status, 0);
  assert.equal(stdout.split('\n')[1], '{"id":1,"ok":true,"result":5}');
}
