// @ts-check
'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { Exchange } = require('../../lib/node-http/index.js');
const { connect, requestText } = require('./raw.js');
const { deferred } = require('./signal.js');

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
 * @property {{ status: number, headers: Record<string, string>, body: string, close: boolean } | 'cut'} answer
 * @property {unknown[]} log
 */

/** What the connection is about, and the time. */
const UNCOMPARED = ['connection', 'date', 'keep-alive', 'trailer', 'transfer-encoding'];

/** What a writer says of bytes. */
const OPEN = 0;
const FULL = 1;
const GONE = 2;

/**
 * An end of an answer that keeps what it gets. `held`: it takes bytes as long as it is not full, and is full after
 * each write until `take`.
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
    onRoom: () => {},
    onGone: () => {},
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
      this.onRoom();
    },
    /** The client leaves. */
    leave() {
      this.gone = true;
      this.onGone();
    },
    get text() {
      return Buffer.concat(this.chunks).toString('latin1');
    },
  };
}

/**
 * A body that gives these chunks, and then waits: until `end`, or `breakOff`.
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
    body: /** @type {any} */ (own),
    answer: (head) => {
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

/**
 * What a listener comes to under node:http, over a real connection.
 *
 * @param {import('node:test').TestContext} t
 * @param {Listener} listener
 * @param {Request} request
 * @returns {Promise<Outcome>}
 */
async function underNode(t, listener, { method = 'GET', path = '/', ...request }) {
  /** @type {unknown[]} */
  const log = [];
  const over = deferred();
  const server = http.createServer((req, res) => {
    res.once('close', over.resolve);
    listener(req, res, (...items) => log.push(...items));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const client = await connect(t, /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  client.write(requestText({ method, path, ...request }));
  /** @type {Outcome['answer']} */
  let answer = 'cut';
  try {
    let answered = await client.response({ head: method === 'HEAD' });
    while (answered.status < 200) answered = await client.response();
    const { status, headers, body } = answered;
    answer = { status, headers: compared(headers), body, close: /close/i.test(headers.connection ?? '') };
  } catch (error) {
    if (!/within an answer/.test(/** @type {Error} */ (error).message)) throw error;
  }
  await over.promise;
  await turns();
  client.destroy();
  return { answer, log };
}

/**
 * What a listener notes under node:http whose client leaves when it calls `leave`.
 *
 * @param {import('node:test').TestContext} t
 * @param {LeavingListener} listener
 * @param {Request & { part?: string }} request of whose body only a part is sent
 */
async function leftUnderNode(t, listener, { method = 'GET', path = '/', part, ...request }) {
  /** @type {unknown[]} */
  const log = [];
  const over = deferred();
  /** @type {Awaited<ReturnType<typeof connect>>} */
  let client;
  const server = http.createServer((req, res) => {
    res.once('close', over.resolve);
    listener(
      req,
      res,
      (...items) => log.push(...items),
      () => client.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  client = await connect(t, /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  const text = requestText({ method, path, ...request });
  client.write(part === undefined ? text : text.slice(0, -1 * (request.body ?? '').length) + part);
  await over.promise;
  await turns();
  return log;
}

/**
 * What it notes in an exchange.
 *
 * @param {LeavingListener} listener
 * @param {Request & { part?: string }} request
 */
async function leftUnderExchange(listener, { part, ...request }) {
  /** @type {unknown[]} */
  const log = [];
  const over = deferred();
  const source = part === undefined ? undefined : fakeSource([part]);
  const { exchange, req, res, wire } = makeExchange({ ...request, source });
  res.once('close', over.resolve);
  const leave = () =>
    setImmediate(() => {
      // What the server learns first: of the body, of the answer, or of the call.
      source?.breakOff();
      if (wire.writer) wire.writer.leave();
      else exchange.abort();
    });
  listener(req, res, (...items) => log.push(...items), leave);
  await over.promise;
  await turns();
  return log;
}

/**
 * What it comes to in an exchange.
 *
 * @param {Listener} listener
 * @param {Request} request
 * @returns {Promise<Outcome>}
 */
async function underExchange(listener, request) {
  /** @type {unknown[]} */
  const log = [];
  const over = deferred();
  const { req, res, wire } = makeExchange(request);
  res.once('close', over.resolve);
  listener(req, res, (...items) => log.push(...items));
  await over.promise;
  await turns();
  const { head, writer } = wire;
  if (head === undefined || !writer?.complete) return { answer: 'cut', log };
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of head.headers)
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  const body = Buffer.concat(writer.chunks).toString('utf8');
  return { answer: { status: head.status, headers: compared(headers), body, close: head.close }, log };
}

/** @param {Record<string, string>} headers */
function compared(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !UNCOMPARED.includes(name)));
}

/** Some turns of the event loop, for what comes behind the end. */
async function turns() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

module.exports = {
  fakeSource,
  leftUnderExchange,
  leftUnderNode,
  makeExchange,
  turns,
  underExchange,
  underNode,
};
