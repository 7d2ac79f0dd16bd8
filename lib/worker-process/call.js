// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { AbortController, DOMException, stringify } = require('../primordials');
const { RequestScope } = require('../scope');
const { clientLeft } = require('../signals');
const { streamingResponse } = require('../streams/response');
const { settle, thenOf } = require('../thenable');
const { removePrototypeKeys } = require('../untrusted-json');
const { ProcessCallContext } = require('./context');
const { InputFiles } = require('./input-files');
const { failed, streamHead, succeeded } = require('./messages');
const { RequestBody } = require('./request-body');
const { ResponseStream } = require('./response-stream');

/** @type {Record<string, () => object>} */
const REASONS = {
  'client-left': () => clientFault(clientLeft()),
  deadline: () => new DOMException('The deadline of the call has passed', 'TimeoutError'),
};

/**
 * One call of a handler in a worker process, from its message to its final line. The final line is sent exactly once, for
 * cancelled calls too: the server counts the calls that run.
 */
class ProcessCall {
  #message;
  #entry;
  #output;
  #onEnd;
  #scope = new RequestScope();
  #ended = false;
  /** @type {'client-left' | 'deadline' | undefined} */
  #cancelled;
  /** @type {AbortController | undefined} */
  #aborter;
  /** @type {RequestBody | undefined} */
  #body;
  /** @type {import('../streams/upload').Upload | undefined} */
  #upload;
  /** @type {InputFiles | undefined} */
  #files;
  /** @type {ResponseStream | undefined} */
  #stream;

  /**
   * @param {import('./messages').CallMessage} message
   * @param {import('./handlers').Entry} entry
   * @param {import('./output').Output} output
   * @param {(id: number) => void} onEnd
   */
  constructor(message, entry, output, onEnd) {
    this.#message = message;
    this.#entry = entry;
    this.#output = output;
    this.#onEnd = onEnd;
    if (message.body === true) this.#body = this.#createBody();
    if (message.files !== undefined) this.#files = new InputFiles((file) => this.#createBody(file));
  }

  get handlerId() {
    return this.#entry.id;
  }

  get kind() {
    return this.#message.type;
  }

  /** @param {string} [file] */
  #createBody(file) {
    return new RequestBody(this.#message.id, file, this.#output, () => this.cancel('client-left'));
  }

  /** The body, if it is read as it arrives. */
  body() {
    if (this.#upload === undefined && this.#body !== undefined) {
      this.#upload = this.#body.open();
      if (this.#ended) this.#upload.destroy();
    }
    return this.#upload;
  }

  /** Aborts when the client leaves or the deadline passes, until the call has ended. */
  signal() {
    this.#aborter ??= new AbortController();
    if (this.#cancelled !== undefined) this.#aborter.abort(REASONS[this.#cancelled]());
    return this.#aborter.signal;
  }

  /** Runs the handler. If it returns a promise, the call ends when that settles. */
  run() {
    this.#scope.runInAsyncScope(this.#run, this);
  }

  /** @param {'client-left' | 'deadline'} reason why the server no longer waits for the call */
  cancel(reason) {
    if (this.#ended || this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    this.#scope.runInAsyncScope(() => {
      this.#aborter?.abort(REASONS[reason]());
      this.#stream?.close();
    });
  }

  /** @param {number} bytes of the response that may be sent in addition */
  credit(bytes) {
    this.#scope.runInAsyncScope(() => this.#stream?.credit(bytes));
  }

  /** @param {import('./messages').BodyMessage} message */
  receive(message) {
    this.#scope.runInAsyncScope(this.#receive, this, message);
  }

  /** @param {import('./messages').BodyMessage} message */
  #receive(message) {
    if (message.type === 'file') {
      this.#files?.arrived(message);
      return;
    }
    const body = message.file === undefined ? this.#body : this.#files?.body(message.file);
    if (message.type === 'chunk') body?.push(Buffer.from(message.data ?? '', 'base64'));
    else body?.end(message.error);
  }

  #run() {
    const context = new ProcessCallContext(this, this.#message);
    try {
      const { handler } = this.#entry;
      const input = this.#input();
      const value = handler(input, context);
      const then = thenOf(value);
      if (then === undefined) this.#succeed(value, input, context);
      else
        settle(
          value,
          then,
          (settled) => this.#settled(settled, input, context),
          (error) => this.#fail(error),
        );
    } catch (error) {
      this.#fail(error);
    }
  }

  #input() {
    const { type, input, payload, unsafeKeys } = this.#message;
    const value = type === 'task' ? input : payload;
    if (unsafeKeys === true || this.#files !== undefined) removePrototypeKeys(value);
    return this.#files === undefined ? value : this.#files.hydrate(value);
  }

  /**
   * @param {unknown} value
   * @param {unknown} input
   * @param {ProcessCallContext} context
   */
  #settled(value, input, context) {
    try {
      this.#succeed(value, input, context);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @param {unknown} value
   * @param {unknown} input
   * @param {ProcessCallContext} context
   */
  #succeed(value, input, context) {
    const { id, type, returnPayload } = this.#message;
    if (type === 'event') {
      this.#end(
        succeeded(id, returnPayload === true ? toJson(value === undefined ? input : value) : undefined),
      );
      return;
    }
    const streamed = streamingResponse(value, () => context.headers.accept);
    if (streamed === undefined) this.#end(succeeded(id, toJson(value)));
    else this.#respond(streamed);
  }

  /**
   * Responds with a stream. The signal aborts if the client leaves before the end.
   *
   * @param {import('../streams/response').StreamingResponse} streamed
   */
  async #respond(streamed) {
    const { id } = this.#message;
    this.#stream = new ResponseStream(id, this.#output, streamed, () => this.cancel('client-left'));
    this.#output.add(streamHead(id, streamed));
    if (this.#cancelled !== undefined) this.#stream.close();
    try {
      await this.#stream.run();
      this.#end();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#end(failed(this.#message.id, error));
  }

  /** @param {string} [line] the final line, unless the stream has sent it */
  #end(line) {
    this.#ended = true;
    if (line !== undefined) this.#output.add(line);
    this.#body?.cut();
    this.#files?.end();
    this.#scope.release();
    this.#onEnd(this.#message.id);
  }
}

/**
 * Returns a result as JSON, or undefined if there is none.
 *
 * @param {unknown} value
 */
function toJson(value) {
  const text = stringify(value);
  if (text !== undefined || value === undefined) return text;
  throw new TypeError(`The result cannot be serialized: received a ${typeof value}, expected JSON data`);
}

module.exports = { ProcessCall };
