// @ts-check
'use strict';

const { Exchange } = require('../../lib/node-http/index.js');

/**
 * @typedef {object} Request
 * @property {string} [method]
 * @property {string} [path]
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 *
 * @typedef {(req: any, res: any, log: (...items: unknown[]) => void) => unknown} Listener
 *
 * @typedef {(req: any, res: any, log: (...items: unknown[]) => void, leave: () => void) => unknown} LeavingListener
 *
 * @typedef {object} Outcome
 * @property {{ status: number, headers: Record<string, string>, body: string, close: boolean } | 'cut'} response
 * @property {unknown[]} log
 */

/** What a writer says of bytes. */
const OPEN = 0;
const FULL = 1;
const GONE = 2;

/**
 * A writer that keeps what it gets. With `held`, it is full after each write until `take`.
 *
 * @param {{ held?: boolean }} [options]
 */
function fakeWriter({ held = false } = {}) {
  return {
    /** @type {Buffer[]} */
    chunks: [],
    /** @type {boolean | undefined} whether it was complete at its end */
    complete: /** @type {boolean | undefined} */ (undefined),
    waiting: false,
    gone: false,
    onWritable: () => {},
    onClosed: () => {},
    /** @param {Uint8Array} bytes */
    write(bytes) {
      if (this.gone) return GONE;
      this.chunks.push(Buffer.from(bytes));
      this.waiting = held;
      return held ? FULL : OPEN;
    },
    /** @param {boolean} complete */
    end(complete) {
      this.complete = complete;
    },
    /** The client reads. */
    take() {
      this.waiting = false;
      this.onWritable();
    },
    /** The client leaves. */
    leave() {
      this.gone = true;
      this.onClosed();
    },
    get text() {
      return Buffer.concat(this.chunks).toString('latin1');
    },
  };
}

/**
 * A body with these chunks that then waits until `end` or `breakOff`.
 *
 * @param {(string | Buffer)[]} [chunks]
 */
function fakeSource(chunks = []) {
  const waiting = chunks.map((chunk) => Buffer.from(chunk));
  /** @type {'open' | 'ended' | 'broken'} */
  let state = 'open';
  /** @type {(() => void) | undefined} */
  let wake;
  const arrive = () => {
    const again = wake;
    wake = undefined;
    again?.();
  };
  return {
    closed: false,
    reads: 0,
    /** @param {() => void} again */
    next(again) {
      this.reads += 1;
      const chunk = waiting.shift();
      if (chunk !== undefined) return chunk;
      if (state === 'ended') return null;
      if (state === 'broken' || this.closed) throw Object.assign(new Error('broken'), { code: 'ECONNRESET' });
      wake = again;
      return undefined;
    },
    close() {
      this.closed = true;
    },
    /** @param {string | Buffer} chunk */
    push(chunk) {
      waiting.push(Buffer.from(chunk));
      arrive();
    },
    end() {
      state = 'ended';
      arrive();
      return this;
    },
    breakOff() {
      state = 'broken';
      arrive();
    },
  };
}

/**
 * An exchange with a fake connection.
 *
 * @param {Request & { held?: boolean, source?: ReturnType<typeof fakeSource>, preset?: [string, string][] }} [request]
 */
function makeExchange({ method = 'GET', path = '/', headers = {}, body, held, source, preset } = {}) {
  const own = source ?? (body === undefined ? undefined : fakeSource([body]).end());
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = Object.entries({ host: '127.0.0.1', ...length, ...headers });
  /** @type {{ head?: import('../../lib/node-http/socket.js').Head, writer?: ReturnType<typeof fakeWriter> }} */
  const wire = {};
  const exchange = new Exchange({
    head: {
      method,
      url: path,
      httpVersion: '1.1',
      rawHeaders: all.flatMap(([name, value]) => [name.toLowerCase(), value]),
    },
    remote: { address: '127.0.0.1', port: 4711 },
    local: { address: '127.0.0.1', port: 7070 },
    body: /** @type {any} */ (own),
    open: (head) => {
      if (wire.head !== undefined) throw new Error('answered twice');
      wire.head = head;
      wire.writer = fakeWriter({ held });
      return wire.writer;
    },
    headers: preset,
  });
  return {
    exchange,
    req: /** @type {any} */ (exchange.req),
    res: /** @type {any} */ (exchange.res),
    wire,
    source: own,
  };
}

/** Some turns of the event loop, for what comes behind the end. */
async function turns() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

module.exports = { fakeSource, makeExchange, turns };
