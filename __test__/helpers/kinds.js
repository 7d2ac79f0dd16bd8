// @ts-check
'use strict';

/**
 * The methods of a server by the kind of handler. Typed as those of tasks, since TypeScript cannot call a union of
 * generics.
 */
const KINDS =
  /** @type {{ kind: 'task', register: 'registerTask', unregister: 'unregisterTask', ids: 'getTaskIds' }[]} */ (
    /** @type {unknown} */ ([
      { kind: 'task', register: 'registerTask', unregister: 'unregisterTask', ids: 'getTaskIds' },
      { kind: 'event', register: 'registerEvent', unregister: 'unregisterEvent', ids: 'getEventIds' },
    ])
  );

module.exports = { KINDS };
