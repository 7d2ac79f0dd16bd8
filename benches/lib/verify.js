// @ts-check
'use strict';

const { encodeRequest, requestOnce } = require('./http');

/**
 * Checks that a server responds with the exact bytes, and rejects a wrong token.
 * @param {import('./process').Server} server
 * @param {import('./workload').Work} work
 */
async function verify({ peer, port }, work) {
  const response = await requestOnce(port, encodeRequest(work));
  const type = /^content-type: *application\/json/im.test(response.head);
  if (response.status !== 200 || response.body !== work.expected || !type) {
    throw new Error(
      `${peer.name} responds to ${work.id} wrongly: ${response.head}\n\n${response.body.slice(0, 400)}\n` +
        `expected: ${work.expected.slice(0, 400)}`,
    );
  }
  const refused = await requestOnce(port, encodeRequest({ ...work, token: 'wrong' }));
  if (refused.status !== 401)
    throw new Error(`${peer.name} responds to a wrong token with ${refused.status}.`);
}

module.exports = { verify };
