// @ts-check
'use strict';

const { Form } = require('./form');
const { UnusableManifest } = require('./manifest');

/** @typedef {import('../scope').RequestScope} RequestScope */

/** The multipart forms of the calls that run. */
class Forms {
  #native;
  #streams;
  #adapter;
  /** @type {Map<number, { form: Form, scope: RequestScope }>} */
  #forms = new Map();

  /**
   * @param {import('../../binding').NativeBridge} native
   * @param {import('../streams').Streams} streams
   * @param {import('../adapter').Adapter} adapter
   */
  constructor(native, streams, adapter) {
    this.#native = native;
    this.#streams = streams;
    this.#adapter = adapter;
  }

  /**
   * Opens the form of a call.
   *
   * @param {number} number
   * @param {RequestScope} scope
   * @param {() => void} onClientLeft called before the reader of a file gets its error
   */
  open(number, scope, onClientLeft) {
    const onClose = () => {
      this.#forms.delete(number);
      this.#native.closeForm(number);
      scope.release();
    };
    const form = new Form(this.#native, this.#streams, this.#adapter, number, scope, {
      onClose,
      onClientLeft,
    });
    scope.hold();
    this.#forms.set(number, { form, scope });
    return form;
  }

  /**
   * Discards a form that no handler will read.
   *
   * @param {number} number
   */
  discard(number) {
    this.#native.closeForm(number);
  }

  /**
   * Handles a record: the part of a file has begun.
   *
   * @param {number} number
   */
  onPart(number) {
    const entry = this.#forms.get(number);
    entry?.scope.runInAsyncScope(entry.form.onPart, entry.form);
  }
}

module.exports = { Forms, UnusableManifest };
