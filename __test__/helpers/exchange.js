// @ts-check
'use strict';

const { Exchange } = require('../../lib/node-http/index.js');
const { fakeSource, fakeWriter } = require('./fake-connection.js');

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
      if (wire.head !== undefined) throw new Error('a second response');
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

/** Some turns of the event loop, for events after the end. */
async function turns() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

module.exports = { makeExchange, turns };
