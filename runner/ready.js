// @ts-check
'use strict';

const { peer } = require('./peer');

/** Before the application's own listeners, which may send calls to the server. */
const FIRST = Number.MIN_SAFE_INTEGER;

/**
 * Calls a function once all resources of an application are initialised, before `run()` resolves. An application that
 * is already running, as when a resource is initialised lazily, accepts no more listeners, and has nothing to wait for.
 *
 * @param {any} eventManager Runner's
 * @param {() => unknown} act must not throw: an error would end the application
 */
function whenReady(eventManager, act) {
  if (eventManager.isLocked) return;
  eventManager.addListener(
    peer.globals.events.ready,
    async () => {
      await act();
    },
    { order: FIRST },
  );
}

module.exports = { whenReady };
