// @ts-check
'use strict';

const { clientFault } = require('../client-fault');
const { parse } = require('../primordials');
const { brokenOff } = require('../streams/body');
const { InvalidInput } = require('../wire');
const { ExpectedFile } = require('./expected-file');
const { InputFile } = require('./input-file');
const { UnusableManifest, hydrate } = require('./manifest');

/** The form of one call: its input, and the files in it until the call is over and they are not read any more. */
class Form {
  #native;
  #streams;
  #adapter;
  #number;
  #scope;
  #onClose;
  #onLeave;
  /** @type {Map<string, ExpectedFile<any>>} */
  #files = new Map();
  /** Numbers of the bodies that were not asked for. @type {Map<string, number>} */
  #bodies = new Map();
  /** @type {Set<import('../streams/upload').Upload>} */
  #open = new Set();
  #ended = false;
  #hasLeft = false;

  /**
   * @param {import('../../binding').NativeServer} native
   * @param {import('../streams').Streams} streams
   * @param {import('../adapter').Adapter} adapter
   * @param {number} number
   * @param {import('../scope').RequestScope} scope
   * @param {object} hooks each is called once at most
   * @param {() => void} hooks.onClose
   * @param {() => void} hooks.onLeave the client has left, of which no file has told its reader yet
   */
  constructor(native, streams, adapter, number, scope, { onClose, onLeave }) {
    this.#native = native;
    this.#streams = streams;
    this.#adapter = adapter;
    this.#number = number;
    this.#scope = scope;
    this.#onClose = onClose;
    this.#onLeave = onLeave;
  }

  /**
   * Reads the manifest and gives the input in it. From here on the files come in.
   *
   * @param {string} manifest
   * @throws {UnusableManifest}
   */
  read(manifest) {
    const input = this.#hydrate(manifest);
    const files = [...this.#files.values()];
    const curious = files.some((file) => file.isIncomplete);
    const bodies = this.#native.expectFiles(this.#number, [...this.#files.keys()], curious);
    if (bodies === null) throw new UnusableManifest(InvalidInput.TOO_MANY_FILES);
    [...this.#files.keys()].forEach((id, index) => {
      this.#bodies.set(id, bodies[index]);
    });
    if (curious) this.arrived();
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
   * However often the manifest names an id, it is one file.
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

  /** What the manifest leaves open of a file, its part says. */
  arrived() {
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
      // The bytes of a file may be here before the record that its part has begun.
      onFirst: () => this.arrived(),
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
      if (!this.#hasLeft) {
        this.#hasLeft = true;
        this.#onLeave();
      }
      return brokenOff();
    }
    const [code, message] = failure;
    return clientFault(Object.assign(new Error(message), { code }));
  }

  /** Whether the form has failed: over a limit, at an end that comes early, or with a client that left. */
  get hasFailed() {
    return this.#hasLeft || this.#native.formFailure(this.#number) !== null;
  }

  /** The call is over. A file that is being read may be read on; the others are not kept. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    for (const number of this.#bodies.values()) this.#streams.discard(number);
    this.#bodies.clear();
    for (const upload of this.#open) if (!upload.isRead) upload.destroy();
    this.#closeUnlessRead();
  }

  #closeUnlessRead() {
    if (this.#ended && this.#open.size === 0) this.#onClose();
  }
}

module.exports = { Form };
