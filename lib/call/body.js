// @ts-check
'use strict';

const { brokenOff } = require('../streams/body');

/**
 * The body of a call that has one to read as it arrives: bytes, or a form with files. Made for such calls alone.
 */
class CallBody {
  #deps;
  #number;
  #scope;
  #onLeave;
  /** @type {import('../streams/upload').Upload | undefined} */
  #upload;
  /** @type {import('../files/form').Form | undefined} */
  #form;
  #belongsToExchange = false;

  /**
   * @param {import('../bridge').CallDeps} deps
   * @param {number} number
   * @param {import('../scope').RequestScope} scope
   * @param {() => void} onLeave the body breaks off, since the client has left
   */
  constructor(deps, number, scope, onLeave) {
    this.#deps = deps;
    this.#number = number;
    this.#scope = scope;
    this.#onLeave = onLeave;
  }

  /**
   * The bytes, as a stream.
   *
   * @param {boolean} isOver the call is completed: nothing is left of a body that was not asked for before
   */
  upload(isOver) {
    if (this.#upload === undefined && this.#form === undefined) {
      this.#upload = this.#deps.streams.upload(this.#number, this.#scope, this.#hooks());
      if (isOver) this.#upload.destroy();
    }
    return this.#upload;
  }

  /** The bytes, for an exchange, which lets go of them itself. */
  source() {
    if (this.#form !== undefined) return undefined;
    this.#belongsToExchange = true;
    return this.#deps.streams.source(this.#number, this.#scope, this.#hooks());
  }

  /**
   * The input in the manifest of a form, with the files that it names.
   *
   * @param {string} manifest
   */
  receive(manifest) {
    this.#form = this.#deps.forms.open(this.#number, this.#scope, this.#onLeave);
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

  /** Does not keep a body that is not read: its client may still be sending it. */
  discard() {
    this.endForm();
    if (this.#form !== undefined || this.#belongsToExchange) return;
    if (this.#upload === undefined) this.#deps.streams.discard(this.#number);
    else if (this.#upload.readableFlowing === null && !this.#upload.readableDidRead) this.#upload.destroy();
  }

  /** The signal aborts before the reader of the body gets its error, as with nodeExposure. */
  #hooks() {
    const whyBroken = () => {
      this.#onLeave();
      return brokenOff();
    };
    return { whyBroken };
  }
}

module.exports = { CallBody };
