// @ts-check
'use strict';

const { Form } = require('./form');
const { UnusableManifest } = require('./manifest');

/** @typedef {import('../scope').RequestScope} RequestScope */

/** The multipart forms of a server whose calls run. */
class Forms {
  #native;
  #streams;
  #adapter;
  /** @type {Map<number, { form: Form, scope: RequestScope }>} */
  #forms = new Map();

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {import('../streams').Streams} streams
   * @param {import('../adapter').Adapter} adapter
   */
  constructor(native, streams, adapter) {
    this.#native = native;
    this.#streams = streams;
    this.#adapter = adapter;
  }

  /**
   * The form of a call.
   *
   * @param {number} number
   * @param {RequestScope} scope
   * @param {() => void} onLeave its client has left, of which no file has told its reader yet
   */
  open(number, scope, onLeave) {
    const onClose = () => {
      this.#forms.delete(number);
      this.#native.closeForm(number);
      scope.release();
    };
    const form = new Form(this.#native, this.#streams, this.#adapter, number, scope, {
      onClose,
      onLeave,
    });
    scope.hold();
    this.#forms.set(number, { form, scope });
    return form;
  }

  /**
   * No handler will look at the form.
   *
   * @param {number} number
   */
  discard(number) {
    this.#native.closeForm(number);
  }

  /**
   * A record says that the part of a file has begun.
   *
   * @param {number} number
   */
  arrived(number) {
    const entry = this.#forms.get(number);
    entry?.scope.runInAsyncScope(entry.form.arrived, entry.form);
  }
}

module.exports = { Forms, UnusableManifest };
