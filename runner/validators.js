// @ts-check
'use strict';

const { peer } = require('./peer');

/**
 * The tasks of an application that judge requests whose token did not match, as functions. One that throws says no;
 * what it threw stays its own, as in nodeExposure.
 *
 * @param {Pick<import('./index').ExposureDependencies, 'store' | 'taskRunner'>} deps
 */
function validators({ store, taskRunner }) {
  const tasks = store.getTasksWithTag(peer.globals.tags.authValidator);
  return tasks.map((task) => async (/** @type {import('../index').AuthRequest} */ request) => {
    try {
      return await taskRunner.run(/** @type {any} */ (task), request);
    } catch {
      return { ok: false };
    }
  });
}

module.exports = { validators };
