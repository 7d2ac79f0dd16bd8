// @ts-check
'use strict';

const { isClientFault } = require('./client-fault');
const { CallContext } = require('./context');
const { describe } = require('./errors');
const { Exchange } = require('./node-http');
const { stringify } = require('./primordials');
const { LogKey, log } = require('./log');
const { RequestScope } = require('./scope');
const { outcome } = require('./thenable');
const { Completion } = require('./wire');

/**
 * Passes a request outside of the base path to the application's listener.
 *
 * @param {import('./bridge').CallDeps} deps
 * @param {number} slot
 * @param {number} generation
 * @param {string} head
 * @param {number} body the number of its body, or 0
 */
function fallBack(deps, slot, generation, head, body) {
  const scope = new RequestScope();
  scope.runInAsyncScope(begin, undefined, deps, scope, slot, generation, head, body);
}

/**
 * @param {import('./bridge').CallDeps} deps
 * @param {RequestScope} scope
 * @param {number} slot
 * @param {number} generation
 * @param {string} head
 * @param {number} body
 */
function begin(deps, scope, slot, generation, head, body) {
  const { signals, streams } = deps;
  const context = new CallContext(head);
  const exchange = new Exchange({
    ...CallContext.request(context),
    body: body === 0 ? undefined : streams.source(body, scope),
    open: (written) => beginResponse(deps, scope, slot, generation, written),
    onMismatch: (error) => report(deps.hooks, error, context, 'error'),
  });
  exchange.req.socket.on('close', () => scope.release());
  signals.watch(slot, generation, scope, () => exchange.abort());
  // As Node does without a 'connect' listener. A 200 of the listener would open a tunnel.
  if (context.method === 'CONNECT') exchange.res.destroy();
  else listen(deps.hooks, exchange, context);
}

/**
 * @param {import('./hooks').Hooks} hooks
 * @param {Exchange} exchange
 * @param {CallContext} context
 */
async function listen(hooks, exchange, context) {
  try {
    await outcome(hooks.fallback(exchange.req, exchange.res));
  } catch (error) {
    report(hooks, error, context, isClientFault(error, exchange.isCut) ? 'debug' : 'error');
    exchange.fail();
  }
}

/**
 * @param {import('./hooks').Hooks} hooks
 * @param {unknown} error
 * @param {CallContext} context
 * @param {'error' | 'debug'} level
 */
function report({ logger }, error, { requestId, method, path }, level) {
  log(logger, level, LogKey.FALLBACK_ERROR, { ...describe(error), requestId, method, path });
}

/**
 * Begins the response. From here on its stream reports that the client has left.
 *
 * @param {import('./bridge').CallDeps} deps
 * @param {RequestScope} scope
 * @param {number} slot
 * @param {number} generation
 * @param {import('./node-http/socket').Head} head
 */
function beginResponse(
  { completions, signals, streams },
  scope,
  slot,
  generation,
  { status, reason, headers, close },
) {
  const writer = streams.writer(scope);
  const text = stringify({ stream: writer.number, reason, headers, close });
  completions.add(slot, generation, Completion.RAW_RESPONSE, text, status);
  signals.complete(slot, generation);
  return writer;
}

module.exports = { fallBack };
