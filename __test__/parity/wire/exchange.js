// @ts-check
'use strict';

const { connect } = require('../../helpers/raw.js');
const { parseResponse } = require('./response.js');
const { requestBytes } = require('./request.js');

/** What is left of a connection that was cut before its response. @type {import('./response.js').WireResponse} */
const NONE = { interim: [], status: 0, reason: '', headers: [], body: Buffer.alloc(0), complete: false };

/**
 * Sends one request on a connection of its own, and takes its response.
 *
 * @param {{ after: (fn: () => void) => void }} t
 * @param {number} port
 * @param {import('./request.js').RequestSpec | Buffer} request as bytes when it is none that HTTP allows
 */
async function exchange(t, port, request) {
  const client = await connect(t, port);
  client.write(Buffer.isBuffer(request) ? request : requestBytes(request));
  const head = !Buffer.isBuffer(request) && request.method === 'HEAD';
  for (;;) {
    const response = parseResponse(client.unread(), { head, ended: client.ended });
    if (response) {
      client.destroy();
      return response;
    }
    if (client.ended) return NONE;
    await client.change();
  }
}

module.exports = { exchange };
