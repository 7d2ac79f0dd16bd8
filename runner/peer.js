// @ts-check
'use strict';

const EXPECTED = '5.5.x';

/** What is used of the peer: where one is missing, it is not the version that this package was made for. */
const USED = [
  'NodeInputFile',
  'Serializer',
  'asyncContext',
  'cancellationError',
  'globals',
  'nodeExposure',
  'r',
  'resource',
  'useExposureContext',
];

/**
 * The application's copy of Runner.
 *
 * @param {() => any} [load]
 * @returns {typeof import('@bluelibs/runner/node')}
 */
function loadPeer(load = () => require('@bluelibs/runner/node')) {
  let peer;
  try {
    peer = load();
  } catch (error) {
    throw unusable(`it cannot be loaded: ${/** @type {Error} */ (error).message}`, error);
  }
  const missing = USED.filter((name) => peer?.[name] === undefined);
  if (missing.length > 0) throw unusable(`the one that is installed does not export ${missing.join(', ')}`);
  return peer;
}

/**
 * @param {string} reason
 * @param {unknown} [cause]
 */
function unusable(reason, cause) {
  const message = `@bluelibs/runner-native/runner needs @bluelibs/runner/node ${EXPECTED}, but ${reason}`;
  return Object.assign(new Error(message, { cause }), { code: 'PEER_UNUSABLE' });
}

module.exports = { peer: loadPeer(), loadPeer };
