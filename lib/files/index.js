// @ts-check
'use strict';

const { Form } = require('./form');
const { UnusableManifest } = require('./manifest');

/** The multipart forms of a server whose calls run. */
class Forms {
  #native;
  #streams;
  #application;
  /** @type {Map<number, Form>} */
  #forms = new Map();

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {import('../streams').Streams} streams
   * @param {import('../application').Application} application
   */
  constructor(native, streams, application) {
    this.#native = native;
    this.#streams = streams;
    this.#application = application;
  }

  /**
   * The form of a call.
   *
   * @param {number} number
   */
  open(number) {
    const close = () => {
      this.#forms.delete(number);
      this.#native.closeForm(number);
    };
    const form = new Form(this.#native, this.#streams, this.#application, number, close);
    this.#forms.set(number, form);
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
    this.#forms.get(number)?.arrived();
  }
}

module.exports = { Forms, UnusableManifest };
