// @ts-check
'use strict';

/** What only a Runner application logs; `lib/log.js` has the rest. */
const RunnerLogKey = Object.freeze({
  /** Which server serves, and why. */
  SERVER: 'node.exposure.server',
  /** That plain JSON goes through the application's serializer, and why. */
  FAST_PATH: 'node.exposure.fast-path',
  /** That the application loads another copy of Runner than this package does. */
  PEER: 'node.exposure.peer',
  /** That of a tunnel, as nodeExposure says it. */
  SELECTOR_FAILED: '[runner] Tunnel allow-list selector failed; item skipped.',
});

module.exports = { RunnerLogKey };
