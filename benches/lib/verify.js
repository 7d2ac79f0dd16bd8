// @ts-check
'use strict';

const { encodeRequest, requestOnce } = require('./http');

/**
 * Correct before fast: the server must answer with the exact bytes, and refuse a wrong token.
 * @param {import('./process').Server} server
 * @param {import('./workload').Work} work
 */
async function verify({ peer, port }, work) {
  const answer = await requestOnce(port, encodeRequest(work));
  const type = /^content-type: *application\/json/im.test(answer.head);
  if (answer.status !== 200 || answer.body !== work.expected || !type) {
    throw new Error(
      `${peer.name} answers ${work.id} wrongly: ${answer.head}\n\n${answer.body.slice(0, 400)}\n` +
        `expected: ${work.expected.slice(0, 400)}`,
    );
  }
  const refused = await requestOnce(port, encodeRequest({ ...work, token: 'wrong' }));
  if (refused.status !== 401) throw new Error(`${peer.name} answers a wrong token with ${refused.status}.`);
}

module.exports = { verify };
