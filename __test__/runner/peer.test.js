// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { loadPeer, peer } = require('../../runner/peer.js');
const { test } = require('../helpers/guarded.js');

test('the peer is the one of the application', async () => {
  assert.equal(peer, require('@bluelibs/runner/node'));
  assert.equal(loadPeer(), peer);
});

test('without the peer the error names it, and the version that is expected', async () => {
  const cause = new Error("Cannot find module '@bluelibs/runner/node'");
  const load = () => {
    throw cause;
  };
  assert.throws(() => loadPeer(load), {
    code: 'PEER_UNUSABLE',
    cause,
    message:
      '@bluelibs/runner-native/runner needs @bluelibs/runner/node 5.5.x, but it cannot be loaded: ' +
      "Cannot find module '@bluelibs/runner/node'",
  });
});

test('a peer of another kind is refused with what it lacks', async () => {
  const { nodeExposure, cancellationError, ...rest } = /** @type {any} */ (peer);
  for (const [other, lack] of /** @type {Array<[any, RegExp]>} */ ([
    [{ ...rest, nodeExposure }, /does not export cancellationError$/],
    [rest, /does not export cancellationError, nodeExposure$/],
    [undefined, /does not export NodeInputFile, /],
  ])) {
    assert.throws(() => loadPeer(() => other), { code: 'PEER_UNUSABLE', message: lack });
  }
});
