// @ts-check
'use strict';

const { describe } = require('../lib/errors');
const { parse, stringify } = require('../lib/primordials');
const { streamedNode, streamedResult } = require('../lib/streams/response');
const { computeAllowList } = require('./allow-list');
const { clientLeft, errorResponse } = require('./errors');
const { createFile } = require('./input-file');
const { plainInput, plainOutput } = require('./json-fast-path');

/** @typedef {import('../lib/adapter').Adapter} Adapter */

/**
 * Adapts a Runner application to the bridge: values are serialized by its serializer where that makes a difference, its
 * error helpers define typed errors, and its tunnels define what is exposed.
 *
 * @implements {Adapter}
 */
class RunnerApplication {
  #store;
  #serializer;
  #logger;
  #isOpen;
  #plainText;
  /** Whether calls may bring async contexts, by id. */
  #taskContexts = new Map();
  #eventContexts = new Map();
  /** @type {Parameters<NonNullable<Adapter['connect']>>[0]} */
  #expose = () => {};

  /**
   * @param {import('./index').ExposureDependencies} deps
   * @param {object} options
   * @param {boolean} options.open whether everything is exposed if no tunnel serves
   * @param {boolean} options.streamIterables whether web streams and async iterables are streamed
   */
  constructor({ store, serializer, logger }, { open, streamIterables }) {
    this.#store = store;
    this.#serializer = serializer;
    this.#logger = logger;
    this.#isOpen = open;
    this.#plainText = plainOutput(serializer);
    this.streamingResponse = streamIterables ? streamedNodeOrIterable : streamedNode;
    this.core = { wholeDocuments: !plainInput(serializer)() };
  }

  parse = parse;
  clientLeft = clientLeft;
  createFile = createFile;

  /** @param {string} text */
  parseDocument = (text) => this.#serializer.parse(text);

  /** @param {unknown} value */
  stringify = (value) => this.#plainText(value);

  /** @param {unknown} envelope */
  stringifyDocument = (envelope) => withoutStacks(textOf(this.#serializer.stringify(envelope), envelope));

  /** @param {unknown} thrown */
  publicError = (thrown) => {
    const { status, body, expected, unsent } = errorResponse(thrown, this.#store);
    try {
      const text = this.#plainText(body.error);
      if (text !== undefined) return { status, text, expected, unsent };
      return { status, document: this.stringifyDocument(body), expected, unsent };
    } catch (error) {
      // The data of a typed error may be something that the serializer cannot write.
      return { unsent: describe(error).error };
    }
  };

  /** @param {(tunnels: import('../binding').ExposedTunnels) => void} expose */
  connect = (expose) => {
    this.#expose = expose;
    this.refresh();
  };

  /** Computes anew what the tunnels expose. */
  refresh = () => {
    const { enabled, isFinal, tasks, events, ...contexts } = computeAllowList(this.#store, this.#logger);
    this.#taskContexts = contexts.taskContexts;
    this.#eventContexts = contexts.eventContexts;
    this.#expose({ enabled, open: this.#isOpen, isFinal, tasks, events });
  };

  /**
   * Whether a call of a task may bring async contexts.
   *
   * @param {string} id
   */
  taskTakesContexts(id) {
    return this.#taskContexts.get(id) ?? true;
  }

  /**
   * Whether a call of an event may bring async contexts.
   *
   * @param {string} id
   */
  eventTakesContexts(id) {
    return this.#eventContexts.get(id) ?? true;
  }
}

/**
 * The output of a serializer as text. As in nodeExposure, bytes are sent as they are, and `undefined` is replaced by
 * plain JSON. Throws for anything else.
 *
 * @param {any} written
 * @param {unknown} envelope
 * @returns {string}
 */
function textOf(written, envelope) {
  if (typeof written === 'string') return written;
  return Buffer.from(written ?? stringify(envelope)).toString();
}

/** @type {Adapter['streamingResponse']} */
function streamedNodeOrIterable(result, accept) {
  return streamedNode(result) ?? streamedResult(result, accept);
}

/** The mark of an error in the output of Runner's serializer. */
const ERROR_RECORD = '"__type":"Error"';

/**
 * Removes the stacks of errors from the text of a response. Clients must not learn them, whether the error is thrown or
 * returned.
 *
 * @param {string} text as Runner's serializer writes it
 */
function withoutStacks(text) {
  if (!text.includes(ERROR_RECORD)) return text;
  const document = parse(text, (_key, value) => {
    if (value?.__type === 'Error' && typeof value.value === 'object') delete value.value?.stack;
    return value;
  });
  return stringify(document);
}

module.exports = { RunnerApplication };
