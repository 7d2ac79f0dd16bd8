// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { describe, it } = require('node:test');
const { callTask } = require('../helpers/http.js');
const { startServer } = require('../helpers/server.js');

const A = 'http://a.test';
const B = 'http://b.test';

describe('a stream whose task sets headers of CORS itself', () => {
  const stream = (/** @type {Record<string, string>} */ headers) => () => ({
    stream: Readable.from(['x']),
    headers,
  });

  it('keeps its own Vary beside Origin', async (t) => {
    const { port } = await startServer(t, { cors: { origin: [A, B] } }, (server) =>
      server
        .registerTask('varies', stream({ vary: 'accept-encoding' }))
        .registerTask('origin', stream({ vary: 'accept, Origin' })),
    );
    const varyOf = async (/** @type {string} */ id) =>
      (await callTask(port, id, undefined, { headers: { origin: A } })).headers.vary;
    assert.equal(await varyOf('varies'), 'accept-encoding, Origin');
    assert.equal(await varyOf('origin'), 'accept, Origin');
  });

  it('sets which headers scripts may read, but not the origin', async (t) => {
    const own = { 'access-control-expose-headers': 'x-own', 'access-control-allow-origin': 'http://c.test' };
    const { port } = await startServer(t, { cors: { origin: A, exposedHeaders: ['x-a'] } }, (server) =>
      server.registerTask('own', stream(own)).registerTask('none', stream({})),
    );
    const headersOf = async (/** @type {string} */ id) => {
      const { headers } = await callTask(port, id, undefined, { headers: { origin: A } });
      return [headers['access-control-expose-headers'], headers['access-control-allow-origin']];
    };
    assert.deepEqual(await headersOf('own'), ['x-own', A]);
    assert.deepEqual(await headersOf('none'), ['x-a', A]);
  });
});
