// @ts-check
'use strict';

const { peer } = require('./peer');

/** Before the application's own listeners: they may call through the server. */
const FIRST = Number.MIN_SAFE_INTEGER;

/**
 * Does something once all resources of an application are initialised, before `run()` resolves. An application that is
 * running already, as where a resource is initialised lazily, takes no listeners any more: nothing is left to wait for.
 *
 * @param {any} eventManager Runner's
 * @param {() => unknown} act its errors are its own: they would end the application
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
