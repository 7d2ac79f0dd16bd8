// @ts-check
'use strict';

const { brokenOff } = require('../streams/body');

/**
 * The body of a call that reads it as it arrives: bytes, or a form with files.
 */
class CallBody {
  #deps;
  #number;
  #scope;
  #onClientLeft;
  /** @type {import('../streams/upload').Upload | undefined} */
  #upload;
  /** @type {import('../files/form').Form | undefined} */
  #form;
  #belongsToExchange = false;

  /**
   * @param {import('../bridge').CallDeps} deps
   * @param {number} number
   * @param {import('../scope').RequestScope} scope
   * @param {() => void} onClientLeft called when the body breaks off because the client has left
   */
  constructor(deps, number, scope, onClientLeft) {
    this.#deps = deps;
    this.#number = number;
    this.#scope = scope;
    this.#onClientLeft = onClientLeft;
  }

  /**
   * The bytes, as a stream.
   *
   * @param {boolean} isOver whether the call is completed: a body that was not asked for before is gone then
   */
  upload(isOver) {
    if (this.#upload === undefined && this.#form === undefined) {
      this.#upload = this.#deps.streams.upload(this.#number, this.#scope, this.#hooks());
      if (isOver) this.#upload.destroy();
    }
    return this.#upload;
  }

  /** The bytes, for an exchange, which closes them itself. */
  source() {
    if (this.#form !== undefined) return undefined;
    this.#belongsToExchange = true;
    return this.#deps.streams.source(this.#number, this.#scope, this.#hooks());
  }

  /**
   * Opens the form, and returns the input of its manifest with the files that it names.
   *
   * @param {string} manifest
   */
  receive(manifest) {
    this.#form = this.#deps.forms.open(this.#number, this.#scope, this.#onClientLeft);
    return this.#form.read(manifest);
  }

  get isForm() {
    return this.#form !== undefined;
  }

  get hasFailed() {
    return this.#form?.hasFailed ?? false;
  }

  endForm() {
    this.#form?.end();
  }

  /** Closes a body that is not being read: its client may still be sending it. */
  discard() {
    this.endForm();
    if (this.#form !== undefined || this.#belongsToExchange) return;
    if (this.#upload === undefined) this.#deps.streams.discard(this.#number);
    else if (this.#upload.readableFlowing === null && !this.#upload.readableDidRead) this.#upload.destroy();
  }

  /** Aborts the signal before the reader of the body gets its error, as nodeExposure does. */
  #hooks() {
    const whyBroken = () => {
      this.#onClientLeft();
      return brokenOff();
    };
    return { whyBroken };
  }
}

module.exports = { CallBody };
