// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { after, describe, it } = require('node:test');
const { readCases, registerCaseHandlers } = require('../helpers/cases.js');
const { call } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');

/** @typedef {import('../helpers/cases.js').Case} Case */

// The table in cases/ over real sockets. tests/ reads the same table against the pipeline without Node.
describe('the table of requests and responses', () => {
  /** @type {(() => Promise<void>)[]} */
  const closing = [];
  /** @type {Map<string, Promise<number>>} */
  const ports = new Map();
  after(async () => {
    await Promise.all(closing.map((close) => close()));
  });

  /** @param {Case['server']} options cases of the same options share a server */
  function portOf(options) {
    const key = JSON.stringify(options);
    const known = ports.get(key);
    if (known) return known;
    const port = startServer({ after: (close) => closing.push(close) }, options, registerCaseHandlers).then(
      (started) => started.port,
    );
    ports.set(key, port);
    return port;
  }

  for (const { file, cases } of readCases()) {
    describe(file, () => {
      for (const one of cases) it(one.name, async () => expectResponse(await portOf(one.server), one));
    });
  }
});

/**
 * @param {number} port
 * @param {Case} one
 */
async function expectResponse(port, { request, expect }) {
  const { method, path, headers, body, bodyBase64 } = request;
  const bytes = bodyBase64 === undefined ? body : Buffer.from(bodyBase64, 'base64');
  const response = await call({ port, method, path, headers, body: bytes });
  assert.equal(response.status, expect.status, response.text);
  if (expect.body !== undefined) assert.equal(response.text, expect.body);
  for (const [name, expected] of Object.entries(expect.headers ?? {})) {
    const value = response.headers[name];
    if (expected === null) assert.equal(value, undefined, `${name} must be absent`);
    else if (typeof expected === 'string') assert.equal(value, expected, name);
    else assert.match(value ?? '', new RegExp(expected.pattern), name);
  }
}
