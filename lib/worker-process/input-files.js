// @ts-check
'use strict';

const { ExpectedFile } = require('../files/expected-file');
const { InputFile } = require('../files/input-file');
const { hydrate } = require('../files/manifest');

/** @typedef {import('./request-body').RequestBody} RequestBody */

/** The files of one call. */
class InputFiles {
  #createBody;
  /** @type {Map<string, { file: ExpectedFile<InputFile>, body: RequestBody }>} */
  #files = new Map();
  #ended = false;

  /** @param {(file: string) => RequestBody} createBody */
  constructor(createBody) {
    this.#createBody = createBody;
  }

  /**
   * Replaces the references to files in the input by files.
   *
   * @param {unknown} input
   */
  hydrate(input) {
    return hydrate(input, (id, meta) => this.#file(id, meta));
  }

  /**
   * Returns the file of an id. References with the same id share one file.
   *
   * @param {string} id
   * @param {unknown} meta
   */
  #file(id, meta) {
    let entry = this.#files.get(id);
    if (entry === undefined) {
      const body = this.#createBody(id);
      const open = () => (this.#ended ? undefined : body.open());
      entry = { file: new ExpectedFile(open, (source) => new InputFile(source)), body };
      this.#files.set(id, entry);
    }
    entry.file.describe(meta);
    return entry.file.file;
  }

  /** @param {import('./messages').BodyMessage} message about the part of a file, which has begun to arrive */
  arrived({ file, name, contentType }) {
    this.#files.get(file ?? '')?.file.complete(name ?? null, contentType ?? 'application/octet-stream');
  }

  /** @param {string} id */
  body(id) {
    return this.#files.get(id)?.body;
  }

  /** Ends the files with their call. Streams that were not opened before cannot be opened any more. */
  end() {
    this.#ended = true;
    for (const { body } of this.#files.values()) body.cut();
  }
}

module.exports = { InputFiles };
