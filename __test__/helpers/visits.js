// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks');

/**
 * Watches in which async context application code runs. Each visit enters a store of its owner, as careless code does,
 * and notes a store of another owner that it finds.
 */
function visits() {
  /** @type {AsyncLocalStorage<string>} */
  const storage = new AsyncLocalStorage();
  /** @type {{ place: string, id: number }[]} */
  const seen = [];
  /** @type {string[]} */
  const strangers = [];
  return {
    storage,
    /**
     * @param {string} place
     * @param {unknown} owner of the store, a name for each request
     */
    visit(place, owner) {
      const store = storage.getStore();
      if (store !== undefined && store !== owner) strangers.push(`${place} of ${owner} saw that of ${store}`);
      seen.push({ place, id: executionAsyncId() });
      storage.enterWith(String(owner));
    },
    /**
     * @param {string[]} places that were visited, and no others
     * @param {number} serverId of the async resource of the server: no user code may run in it
     */
    assertApart(places, serverId) {
      assert.deepEqual(strangers, []);
      assert.deepEqual([...new Set(seen.map(({ place }) => place))].sort(), [...places].sort());
      assert.deepEqual(
        seen.filter(({ id }) => id === serverId),
        [],
      );
    },
  };
}

module.exports = { visits };
