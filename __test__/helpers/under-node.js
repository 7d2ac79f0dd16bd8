// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { makeExchange, turns } = require('./exchange.js');
const { fakeSource } = require('./fake-connection.js');
const { test } = require('./guarded.js');
const { connect, requestText } = require('./raw.js');
const { deferred } = require('./signal.js');

/** @typedef {import('./exchange.js').Request} Request */
/** @typedef {import('./exchange.js').Listener} Listener */
/** @typedef {import('./exchange.js').LeavingListener} LeavingListener */
/** @typedef {import('./exchange.js').Outcome} Outcome */

/** What the connection is about, and the time. */
const UNCOMPARED = ['connection', 'date', 'keep-alive', 'trailer', 'transfer-encoding'];

/**
 * The outcome of a listener under node:http, over a real connection.
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
  /** @type {Outcome['response']} */
  let response = 'cut';
  try {
    let answered = await client.response({ head: method === 'HEAD' });
    while (answered.status < 200) answered = await client.response();
    const { status, headers, body } = answered;
    response = { status, headers: compared(headers), body, close: /close/i.test(headers.connection ?? '') };
  } catch (error) {
    if (!/within a response/.test(/** @type {Error} */ (error).message)) throw error;
  }
  await over.promise;
  await turns();
  client.destroy();
  return { response, log };
}

/**
 * The notes of a listener under node:http whose client leaves when the listener calls `leave`.
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
 * The notes of the listener in an exchange.
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
      // As the server reports it: of the body, the response, or the call.
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
 * The outcome of the listener in an exchange.
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
  if (head === undefined || !writer?.complete) return { response: 'cut', log };
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of head.headers)
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  const body = Buffer.concat(writer.chunks).toString('utf8');
  return { response: { status: head.status, headers: compared(headers), body, close: head.close }, log };
}

/** @param {Record<string, string>} headers */
function compared(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !UNCOMPARED.includes(name)));
}

/**
 * Tests that each listener has the same outcome as under node:http.
 *
 * @param {Record<string, [Request, Listener]>} cases by name
 */
function compareAll(cases) {
  for (const [name, [request, listener]] of Object.entries(cases)) {
    test(`as under node:http: ${name}`, async (t) => {
      const expected = await underNode(t, listener, request);
      assert.deepEqual(await underExchange(listener, request), expected);
    });
  }
}

/**
 * @param {Record<string, Listener>} listeners
 * @returns {Record<string, [Request, Listener]>}
 */
function withoutRequest(listeners) {
  return Object.fromEntries(Object.entries(listeners).map(([name, listener]) => [name, [{}, listener]]));
}

module.exports = { compareAll, leftUnderExchange, leftUnderNode, withoutRequest };
