'use strict';

// Runner is not installed here: only what needs it says so.

const assert = require('node:assert/strict');

assert.equal(typeof require('@bluelibs/runner-native').TunnelServer, 'function');
assert.throws(() => require('@bluelibs/runner-native/runner'), {
  code: 'PEER_UNUSABLE',
  message:
    /^@bluelibs\/runner-native\/runner needs @bluelibs\/runner\/node 5\.5\.x, but it cannot be loaded: /,
});
