// @ts-check
'use strict';

const { UnusableManifest } = require('../files');
const { hasOwn } = require('../primordials');
const { InvalidInput, Record } = require('../wire');

/**
 * Finds the input in a whole document: for a task the value of an own key `input`, or else the document; for an event
 * that of `payload`. The core does the same for documents that it can read.
 *
 * @param {number} kind `Record.TASK_DOCUMENT` or `Record.EVENT_DOCUMENT`
 * @param {any} document
 * @returns {{ kind: number, input: unknown }} with the kind of the call
 */
function unwrap(kind, document) {
  if (kind === Record.TASK_DOCUMENT) {
    const isWrapped = document !== null && typeof document === 'object' && hasOwn(document, 'input');
    return { kind: Record.TASK, input: isWrapped ? document.input : document };
  }
  const returnsPayload = document?.returnPayload;
  return { kind: returnsPayload ? Record.EVENT_WITH_RESULT : Record.EVENT, input: document?.payload };
}

/**
 * The `InvalidInput` of an input that cannot be used.
 *
 * @param {unknown} error
 */
function whyInvalid(error) {
  return error instanceof UnusableManifest ? error.why : InvalidInput.JSON;
}

module.exports = { unwrap, whyInvalid };
