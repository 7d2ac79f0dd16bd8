// @ts-check
'use strict';

const { publicError } = require('./errors');
const { parse, stringify } = require('./primordials');
const { clientLeft } = require('./signals');
const { streamingResponse } = require('./streams/response');
const { parseUntrusted } = require('./untrusted-json');

/**
 * @typedef {object} PublicError what the client gets for a thrown value; without a text, a 500 that says nothing
 * @property {number} [status]
 * @property {string} [text] the JSON of the envelope's `error`
 * @property {string} [document] the JSON of the whole envelope, in place of `text`
 * @property {string} [unsent] why a typed error could not be sent
 * @property {boolean} [expected] whether it is no failure, so that it is not logged
 *
 * @typedef {object} Adapter the part of a call that differs between a server whose handlers were registered by hand
 *   and one that serves a Runner application: how values are serialized, and what errors mean
 * @property {{ wholeDocuments: boolean }} [core] what the core has to know of a Runner application
 * @property {(text: string) => unknown} parse parses an input
 * @property {(text: string) => any} parseDocument parses a body that may hold typed records, or keys that reach a
 *   prototype
 * @property {(value: unknown) => string | undefined} stringify writes a result; undefined if there is none, or if
 *   only `stringifyDocument` can write it
 * @property {(envelope: { ok: true, result: unknown }) => string} [stringifyDocument] writes a whole envelope
 * @property {(thrown: unknown) => PublicError} publicError
 * @property {(value: unknown, accept: () => string | undefined) => import('./streams/response').StreamingResponse | undefined} streamingResponse
 *   the streaming response for a result; undefined for any other result
 * @property {(source: import('./files/input-file').FileSource) => import('./files/input-file').FileDescription} [createFile]
 *   makes an input file of a form; `InputFile` by default
 * @property {() => object} clientLeft makes the abort reason for a client that has left
 * @property {(expose: (tunnels: import('../binding').ExposedTunnels) => void) => void} [connect] is
 *   given the function that sets which of the registered handlers can be reached
 * @property {() => void} [refresh] sets it anew
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
