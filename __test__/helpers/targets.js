// @ts-check
'use strict';

const { createServer } = require('node:http');
const { startFallback } = require('./fallback.js');
const { connect } = require('./raw.js');

/**
 * Whether a target contains tabs, form feeds or bytes beyond ASCII, which Node 18 accepts, but later versions and this
 * package reject.
 *
 * @param {string} target
 */
const isRejectedByLaterNodes = (target) => [...target].some((byte) => byte < ' ' || byte > '~');

/** Responds with the target that the listener receives. @type {import('node:http').RequestListener} */
const sendTarget = (req, res) => {
  res.end(req.url);
};

/**
 * Starts Node's server and a server of this package with the same listener.
 *
 * @param {import('node:test').TestContext} t
 */
async function startBoth(t) {
  const native = await startFallback(t, sendTarget, { ioThreads: 1 });
  const node = createServer(sendTarget);
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
 * Sends a target. Resolves to the target that the listener receives, or to the status if the target is rejected.
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
 * The outcome of a target in Node 20 and later.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port of Node's server
 * @param {string} target
 */
async function expectedOf(t, port, target) {
  return isRejectedByLaterNodes(target) ? 400 : outcomeOf(t, port, target);
}

module.exports = { expectedOf, get, outcomeOf, startBoth };
