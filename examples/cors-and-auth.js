// @ts-check
'use strict';

// Two tokens at a time, so that clients can change over; a validator for requests without a matching token; and a list
// of origins whose pages may call.

const assert = require('node:assert/strict');
const { TunnelServer } = require('@bluelibs/runner-native');
const { send } = require('./support/send.js');

const APP = 'https://app.example.com';
const ELSEWHERE = 'https://elsewhere.example.com';
const sessions = new Map([['session-7', 'Ada']]);

const server = new TunnelServer({
  port: 0,
  auth: {
    token: ['token-of-may', 'token-of-june'],
    validate: ({ headers }) => ({ ok: sessions.has(headers['x-session'] ?? '') }),
  },
  corsOrigins: [APP, 'https://admin.example.com'],
});
server.registerTask('whoami', (_, { headers }) => sessions.get(headers['x-session'] ?? '') ?? 'a service');

/**
 * @param {number} port
 * @param {Record<string, string>} headers
 */
async function whoami(port, headers) {
  const response = await send(port, { path: 'task/whoami', headers });
  console.log(`${response.status} ${response.text}  <-  ${JSON.stringify(headers)}`);
  return response;
}

/** @param {number} port */
async function authentication(port) {
  for (const token of ['token-of-may', 'token-of-june']) {
    const response = await whoami(port, { 'x-runner-token': token });
    assert.equal(response.json.result, 'a service');
  }
  const user = await whoami(port, { 'x-session': 'session-7' });
  assert.equal(user.json.result, 'Ada');

  for (const [name, value] of [
    ['x-runner-token', 'token-of-april'],
    ['x-session', 'session-8'],
  ]) {
    const refused = await whoami(port, { [name]: value });
    assert.equal(refused.status, 401);
    assert.equal(refused.json.error.code, 'UNAUTHORIZED');
  }
}

/** @param {number} port */
async function origins(port) {
  const token = { 'x-runner-token': 'token-of-june' };
  const known = await whoami(port, { ...token, origin: APP });
  assert.equal(known.headers.get('access-control-allow-origin'), APP);
  assert.match(known.headers.get('vary') ?? '', /origin/i);

  // The response is sent, but the browser does not let the page read it.
  const unknown = await whoami(port, { ...token, origin: ELSEWHERE });
  assert.equal(unknown.headers.get('access-control-allow-origin'), null);

  // The page can read error responses, too.
  const refused = await whoami(port, { origin: APP });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('access-control-allow-origin'), APP);

  // A browser sends a preflight first, without a token.
  const preflight = await send(port, {
    method: 'OPTIONS',
    path: 'task/whoami',
    headers: { origin: APP, 'access-control-request-headers': 'x-runner-token' },
  });
  console.log(
    `${preflight.status} preflight, allowed: ${preflight.headers.get('access-control-allow-headers')}`,
  );
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), APP);
  assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST, OPTIONS');
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-runner-token');
}

async function main() {
  const { port } = await server.listen();
  await authentication(port);
  await origins(port);
  await server.close();
}

main();
