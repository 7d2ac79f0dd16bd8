// @ts-check
'use strict';

/** Log keys of Runner applications; `lib/log.js` has the others. */
const RunnerLogKey = Object.freeze({
  /** Which server serves, and why. */
  SERVER: 'node.exposure.server',
  /** Plain JSON goes through the application's serializer, and why. */
  FAST_PATH: 'node.exposure.fast-path',
  /** The application loads another copy of Runner than this package does. */
  PEER: 'node.exposure.peer',
  /** The selector of a tunnel has thrown; the key is nodeExposure's. */
  SELECTOR_FAILED: '[runner] Tunnel allow-list selector failed; item skipped.',
});

module.exports = { RunnerLogKey };
