// @ts-check
'use strict';

const { stringify } = require('../primordials');
const { Completion, Record } = require('../wire');

/**
 * Completes a call with a result that is not streamed. Throws if it cannot be serialized.
 *
 * @param {import('./index').Call} call
 * @param {number} kind of {@link Record}
 * @param {unknown} value what the handler returned
 * @param {unknown} input
 * @param {import('../adapter').Adapter} adapter
 */
function respondResult(call, kind, value, input, adapter) {
  if (kind === Record.EVENT) {
    call.complete(Completion.DONE);
    return;
  }
  const result = kind === Record.EVENT_WITH_RESULT && value === undefined ? input : value;
  const text = adapter.stringify(result);
  if (text !== undefined) {
    call.complete(Completion.RESULT, text);
  } else if (adapter.stringifyDocument !== undefined) {
    call.complete(Completion.DOCUMENT, adapter.stringifyDocument({ ok: true, result }), 200);
  } else if (result === undefined) {
    call.complete(Completion.DONE);
  } else {
    throw new TypeError(`The result cannot be serialized: received a ${typeof result}, expected JSON data`);
  }
}

/**
 * Completes a call whose handler has failed.
 *
 * @param {import('./index').Call} call
 * @param {import('../adapter').PublicError} error
 */
function respondError(call, { status, text, document }) {
  if (document !== undefined) call.complete(Completion.DOCUMENT, document, status);
  else if (text !== undefined) call.complete(Completion.ERROR, text, status);
  else call.complete(Completion.FAILED);
}

/**
 * The head of a response that is sent through `res`, for the core.
 *
 * @param {number} stream the number of the stream that carries the body
 * @param {import('../node-http/socket').Head} head
 * @param {boolean} decorate whether the core adds the headers of a tunnel's response
 */
function rawHead(stream, { reason, headers, close }, decorate) {
  return stringify({ stream, reason, headers, decorate, close });
}

/**
 * The head of a streamed response, for the core.
 *
 * @param {number} stream the number of the stream that carries the body
 * @param {import('../streams/response').StreamingResponse} streamed
 */
function streamedHead(stream, { headers }) {
  return stringify({ stream, headers });
}

/**
 * Aborts if `res` closes before it is finished, since the client has left then.
 *
 * @param {import('node:http').ServerResponse | undefined} res
 * @param {AbortController} aborter
 * @param {import('../signals').Signals} signals
 */
function abortOnEarlyClose(res, aborter, signals) {
  res?.once('close', () => {
    if (!res.writableFinished) aborter.abort(signals.clientLeftReason());
  });
}

module.exports = { abortOnEarlyClose, rawHead, respondError, respondResult, streamedHead };
