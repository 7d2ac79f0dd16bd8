// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { loadPeer, peer } = require('../../runner/peer.js');
const { test } = require('../helpers/guarded.js');

test('the peer is the one of the application', async () => {
  assert.equal(peer, require('@bluelibs/runner/node'));
  assert.equal(loadPeer(), peer);
});

test('without the peer the error names it, the versions that can be used, and what else there is', async () => {
  const cause = new Error("Cannot find module '@bluelibs/runner/node'\nRequire stack: …");
  const load = () => {
    throw cause;
  };
  assert.throws(() => loadPeer(load), {
    code: 'PEER_UNUSABLE',
    cause,
    message:
      '@bluelibs/runner-native/runner works with @bluelibs/runner 5, from 5.5.0 on, but it cannot be loaded: ' +
      "Cannot find module '@bluelibs/runner/node'. Install that beside it; or, with another version of Runner, " +
      'leave the entry out: `TunnelServer` of @bluelibs/runner-native needs no Runner, and the nodeExposure of ' +
      'that version serves its applications.',
  });
});

test('a peer of another kind is refused with what it lacks', async () => {
  const { nodeExposure, cancellationError, ...rest } = /** @type {any} */ (peer);
  for (const [other, lack] of /** @type {Array<[any, RegExp]>} */ ([
    [{ ...rest, nodeExposure }, /does not export cancellationError\. Install/],
    [rest, /does not export cancellationError, nodeExposure\. Install/],
    [undefined, /does not export NodeInputFile, /],
  ])) {
    assert.throws(() => loadPeer(() => other), { code: 'PEER_UNUSABLE', message: lack });
  }
});

test('a peer of another major is refused by its version, before it is loaded', async () => {
  const never = () => assert.fail('it was loaded');
  for (const version of ['4.9.0', '5.4.9', '6.0.0', '6.0.0-beta.1', '50.5.0', '55.0.0']) {
    assert.throws(() => loadPeer(never, () => ({ version })), {
      code: 'PEER_UNUSABLE',
      message: new RegExp(`, but ${version} is installed\\. Install`),
    });
  }
  for (const version of ['5.5.0', '5.6.1', '5.10.0', '5.5.0-rc.1']) {
    assert.equal(
      loadPeer(
        () => peer,
        () => ({ version }),
      ),
      peer,
    );
  }
});

test('a peer that does not show its version is judged by what it exports', async () => {
  const hidden = () => {
    throw new Error('ERR_PACKAGE_PATH_NOT_EXPORTED');
  };
  assert.equal(
    loadPeer(() => peer, hidden),
    peer,
  );
});
