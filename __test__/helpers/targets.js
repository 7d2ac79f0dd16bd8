// @ts-check
'use strict';

const { createServer } = require('node:http');
const { startFallback } = require('./fallback.js');
const { connect } = require('./raw.js');

/**
 * Node 18 takes tabs, form feeds and bytes beyond ASCII in targets; later versions refuse them, and so do we.
 *
 * @param {string} target
 */
const isRefusedByLaterNodes = (target) => [...target].some((byte) => byte < ' ' || byte > '~');

/** Answers with the target as it reached the listener. @type {import('node:http').RequestListener} */
const tellTarget = (req, res) => {
  res.end(req.url);
};

/**
 * Node's own server and ours, with one listener behind both.
 *
 * @param {import('node:test').TestContext} t
 */
async function startBoth(t) {
  const native = await startFallback(t, tellTarget, { ioThreads: 1 });
  const node = createServer(tellTarget);
  await new Promise((listening) => node.listen(0, '127.0.0.1', () => listening(undefined)));
  t.after(() => {
    node.closeAllConnections();
    node.close();
  });
  const address = /** @type {import('node:net').AddressInfo} */ (node.address());
  return { native: native.port, node: address.port };
}

/**
 * The text of a GET.
 *
 * @param {string} target latin1, sent byte for byte
 * @param {string} [connection]
 */
const get = (target, connection = 'close') =>
  `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\n\r\n`;

/**
 * What comes of a target: how the listener saw it, or the status that it never got beyond.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @param {string} target
 */
async function outcomeOf(t, port, target) {
  const client = await connect(t, port);
  await client.write(get(target));
  const { status, body } = await client.response();
  client.destroy();
  return status === 200 ? body : status;
}

/**
 * What comes of a target with Node from version 20 on.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port of Node's server
 * @param {string} target
 */
async function expectedOf(t, port, target) {
  return isRefusedByLaterNodes(target) ? 400 : outcomeOf(t, port, target);
}

module.exports = { expectedOf, get, outcomeOf, startBoth };
