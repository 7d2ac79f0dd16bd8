// @ts-check
'use strict';

const { isClientFault } = require('../client-fault');
const { describe } = require('../errors');
const { LogKey, log } = require('../log');

/**
 * The level at which a thrown value is logged. A fault of the client is not a failure of the handler, and neither is
 * anything that a handler throws after its form has failed.
 *
 * @param {unknown} error
 * @param {boolean} hasClientLeft whether the client is known to have left
 * @param {boolean} [hasFormFailed]
 */
function levelOf(error, hasClientLeft, hasFormFailed) {
  return isClientFault(error, hasClientLeft) || hasFormFailed ? 'debug' : 'error';
}

/**
 * @param {import('../hooks').Hooks} hooks
 * @param {import('../context').CallContext} context of the call
 * @param {unknown} error
 * @param {'error' | 'debug'} level
 * @param {string} [unsent] the public error, where it could not be sent
 */
function logFailure({ logger }, context, error, level, unsent) {
  const key = context.kind === 'task' ? LogKey.TASK_ERROR : LogKey.EVENT_ERROR;
  const data = { ...describe(error), requestId: context.requestId, id: context.id };
  log(logger, level, key, unsent === undefined ? data : { ...data, unsent });
}

module.exports = { levelOf, logFailure };
