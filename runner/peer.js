// @ts-check
'use strict';

const EXPECTED = '@bluelibs/runner-native/runner works with @bluelibs/runner 5, from 5.5.0 on';
const ADVICE =
  'Install that beside it; or, with another version of Runner, leave the entry out: `TunnelServer` of ' +
  '@bluelibs/runner-native needs no Runner, and the nodeExposure of that version serves its applications.';

const USABLE = /^5\.(?:[5-9]|\d\d)/;

/** The exports of the peer that are used. If one is missing, its version is not supported. */
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
 * @param {() => { version: string }} [loadManifest]
 * @returns {typeof import('@bluelibs/runner/node')}
 * @throws an error with the code `PEER_UNUSABLE` if it is missing, or its version is not supported
 */
function loadPeer(
  load = () => require('@bluelibs/runner/node'),
  loadManifest = () => require('@bluelibs/runner/package.json'),
) {
  const version = installedVersion(loadManifest);
  if (version !== undefined && !USABLE.test(version)) throw unusable(`${version} is installed`);
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

/** @param {() => { version: string }} loadManifest */
function installedVersion(loadManifest) {
  try {
    return loadManifest().version;
  } catch {
    // If the package is missing, loading it reports that. It need not export its manifest.
    return undefined;
  }
}

/**
 * @param {string} reason
 * @param {unknown} [cause]
 */
function unusable(reason, cause) {
  const message = `${EXPECTED}, but ${reason.split('\n')[0]}. ${ADVICE}`;
  return Object.assign(new Error(message, { cause }), { code: 'PEER_UNUSABLE' });
}

module.exports = { peer: loadPeer(), loadPeer };
