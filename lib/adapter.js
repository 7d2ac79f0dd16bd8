// @ts-check
'use strict';

const { publicError } = require('./errors');
const { parse, stringify } = require('./primordials');
const { clientLeft } = require('./signals');
const { streamingResponse } = require('./streams/response');
const { parseUntrusted } = require('./untrusted-json');

/**
 * @typedef {object} PublicError what the client learns of a thrown value; nothing of it where there is no text
 * @property {number} [status]
 * @property {string} [text] the JSON of the envelope's `error`
 * @property {string} [document] or that of the whole envelope
 * @property {string} [unsent] why a typed error could not be sent
 * @property {boolean} [expected] not a failure, so that it is not logged
 *
 * @typedef {object} Adapter how values cross, and what errors mean: the part of a call that differs
 *   between a server whose handlers were registered by hand and one that serves a Runner application
 * @property {{ wholeDocuments: boolean }} [core] what the core should know of a Runner application
 * @property {(text: string) => unknown} parse an input
 * @property {(text: string) => any} parseDocument a body that may hold more than values: typed records, or keys that
 *   reach a prototype
 * @property {(value: unknown) => string | undefined} stringify a result; nothing, if there is none, or if only
 *   `stringifyDocument` can write it
 * @property {(envelope: { ok: true, result: unknown }) => string} [stringifyDocument] a whole envelope
 * @property {(thrown: unknown) => PublicError} publicError
 * @property {(value: unknown, accept: () => string | undefined) => import('./streams/response').StreamingResponse | undefined} streamingResponse
 *   the response that a result asks for, if it is one that is streamed
 * @property {(source: import('./files/input-file').FileSource) => import('./files/input-file').FileDescription} [createFile]
 *   makes an input file of a form; an `InputFile` without it
 * @property {() => object} clientLeft the reason of a signal that aborts because the client has left
 * @property {(expose: (tunnels: import('../binding').ExposedTunnels) => void) => void} [connect] takes the
 *   way to say which of the registered handlers can be reached
 * @property {() => void} [refresh] says so again
 */

/** @type {Adapter} */
const plain = {
  parse,
  parseDocument: parseUntrusted,
  stringify,
  publicError,
  streamingResponse,
  clientLeft,
};

module.exports = { plain };
