'use strict';

// Runner is not installed here: only the entry that needs it fails.

const assert = require('node:assert/strict');

assert.equal(typeof require('@bluelibs/runner-native').TunnelServer, 'function');
assert.throws(() => require('@bluelibs/runner-native/runner'), {
  code: 'PEER_UNUSABLE',
  message:
    /^@bluelibs\/runner-native\/runner works with @bluelibs\/runner 5, from 5\.5\.0 on, but it cannot be loaded: /,
});
