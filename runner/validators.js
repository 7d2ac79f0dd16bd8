// @ts-check
'use strict';

const { peer } = require('./peer');

/**
 * The auth validator tasks of an application as functions. A task that throws rejects the request, and its error is not
 * logged, as in nodeExposure.
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
