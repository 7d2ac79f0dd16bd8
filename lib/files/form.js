// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { parse } = require('../primordials');
const { brokenOff } = require('../streams/body');
const { InvalidInput } = require('../wire');
const { ExpectedFile } = require('./expected-file');
const { InputFile } = require('./input-file');
const { UnusableManifest, hydrate } = require('./manifest');

/** The form of one call: its input, and its files until the call is over and none is being read. */
class Form {
  #native;
  #streams;
  #adapter;
  #number;
  #scope;
  #onClose;
  #onClientLeft;
  /** @type {Map<string, ExpectedFile<any>>} */
  #files = new Map();
  /** The bodies of the files that no stream was opened for, by id. @type {Map<string, number>} */
  #bodies = new Map();
  /** @type {Set<import('../streams/upload').Upload>} */
  #open = new Set();
  #isEnded = false;
  #hasClientLeft = false;

  /**
   * @param {import('../../binding').NativeBridge} native
   * @param {import('../streams').Streams} streams
   * @param {import('../adapter').Adapter} adapter
   * @param {number} number
   * @param {import('../scope').RequestScope} scope
   * @param {object} hooks each is called at most once
   * @param {() => void} hooks.onClose
   * @param {() => void} hooks.onClientLeft called before the reader of a file gets its error
   */
  constructor(native, streams, adapter, number, scope, { onClose, onClientLeft }) {
    this.#native = native;
    this.#streams = streams;
    this.#adapter = adapter;
    this.#number = number;
    this.#scope = scope;
    this.#onClose = onClose;
    this.#onClientLeft = onClientLeft;
  }

  /**
   * Returns the input of the manifest, and lets the files arrive.
   *
   * @param {string} manifest
   * @throws {UnusableManifest}
   */
  read(manifest) {
    const input = this.#hydrate(manifest);
    const files = [...this.#files.values()];
    const needsParts = files.some((file) => file.isIncomplete);
    const bodies = this.#native.expectFiles(this.#number, [...this.#files.keys()], needsParts);
    if (bodies === null) throw new UnusableManifest(InvalidInput.TOO_MANY_FILES);
    [...this.#files.keys()].forEach((id, index) => {
      this.#bodies.set(id, bodies[index]);
    });
    if (needsParts) this.onPart();
    return input;
  }

  /** @param {string} manifest */
  #hydrate(manifest) {
    let document;
    try {
      document = this.#adapter.parseDocument(manifest);
      if (document !== null && typeof document === 'object') {
        return hydrate(document.input, (id, meta) => this.#file(id, meta));
      }
    } catch {
      throw new UnusableManifest(InvalidInput.MANIFEST);
    }
    throw new UnusableManifest(InvalidInput.NO_MANIFEST);
  }

  /**
   * The file of an id, which the manifest may name several times.
   *
   * @param {string} id
   * @param {unknown} meta
   */
  #file(id, meta) {
    let file = this.#files.get(id);
    if (file === undefined) {
      const create = this.#adapter.createFile ?? ((source) => new InputFile(source));
      file = new ExpectedFile(() => this.#read(id), create);
      this.#files.set(id, file);
    }
    file.describe(meta);
    return file.file;
  }

  /** Adds the metadata of parts that have begun to their files. */
  onPart() {
    const parts = this.#native.takeArrivedFiles(this.#number);
    if (parts === null) return;
    for (const { id, name, type } of parse(parts)) {
      this.#files.get(id)?.complete(name, type);
    }
  }

  /** @param {string} id */
  #read(id) {
    const number = this.#bodies.get(id);
    if (number === undefined) return undefined;
    this.#bodies.delete(id);
    const upload = this.#streams.upload(number, this.#scope, {
      // The bytes of a file may arrive before the record that its part has begun.
      onFirst: () => this.onPart(),
      whyBroken: () => this.#whyBroken(),
    });
    this.#open.add(upload);
    upload.on('close', () => {
      this.#open.delete(upload);
      this.#closeUnlessRead();
    });
    return upload;
  }

  #whyBroken() {
    const failure = this.#native.formFailure(this.#number);
    if (failure === null) {
      if (!this.#hasClientLeft) {
        this.#hasClientLeft = true;
        this.#onClientLeft();
      }
      return brokenOff();
    }
    const [code, message] = failure;
    return clientFault(Object.assign(new Error(message), { code }));
  }

  /** Whether the form has broken a limit, has ended early, or its client has left. */
  get hasFailed() {
    return this.#hasClientLeft || this.#native.formFailure(this.#number) !== null;
  }

  /** Ends the form with its call. A file that is being read may be read to its end; the others are discarded. */
  end() {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const number of this.#bodies.values()) this.#streams.discard(number);
    this.#bodies.clear();
    for (const upload of this.#open) if (!upload.isRead) upload.destroy();
    this.#closeUnlessRead();
  }

  #closeUnlessRead() {
    if (this.#isEnded && this.#open.size === 0) this.#onClose();
  }
}

module.exports = { Form };
