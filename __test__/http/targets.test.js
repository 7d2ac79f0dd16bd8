// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * One response to a request that node:http would not send as it is.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} text
 */
async function responseTo(t, text) {
  const { port } = await startServer(t, {}, (server) => server.registerTask('echo', (input) => input));
  const client = await connect(t, port);
  await client.write(text);
  return client.response();
}

describe('the target of a request', () => {
  it('may be absolute, as proxies send it', async (t) => {
    const { status, body } = await responseTo(
      t,
      requestText({ path: 'http://localhost:1/__runner/task/echo?x', body: '1' }),
    );
    assert.equal(status, 200);
    assert.equal(body, '{"ok":true,"result":1}');
  });

  it('of an absolute form is resolved like any other', async (t) => {
    const { status } = await responseTo(
      t,
      requestText({ path: 'http://localhost/x/../__runner//task/echo/', body: '1' }),
    );
    assert.equal(status, 200);
  });

  it('may be a star with OPTIONS, which is outside the base', async (t) => {
    const { status, headers } = await responseTo(t, requestText({ method: 'OPTIONS', path: '*' }));
    assert.equal(status, 404);
    assert.equal(headers['x-runner-request-id'], undefined);
  });

  it('may carry a fragment, which is ignored', async (t) => {
    const { status, body } = await responseTo(
      t,
      requestText({ path: '/__runner/task/echo#/../x', body: '1' }),
    );
    assert.equal(status, 200);
    assert.equal(body, '{"ok":true,"result":1}');
  });
});

describe('HTTP/1.0', () => {
  it('is answered, and the connection is closed', async (t) => {
    const { port } = await startServer(t, {}, (server) => server.registerTask('echo', (input) => input));
    const client = await connect(t, port);
    await client.write(
      requestText({ path: '/__runner/task/echo', body: '1' }).replace('HTTP/1.1', 'HTTP/1.0'),
    );
    const { status, body } = await client.response();
    assert.equal(status, 200);
    assert.equal(body, '{"ok":true,"result":1}');
    assert.deepEqual(await client.closed(), { text: '', error: undefined });
  });
});

describe('repeated request headers', () => {
  it('two request ids are no id: a new one is made', async (t) => {
    const text = requestText({ path: '/__runner/task/echo', body: '1' });
    const { headers } = await responseTo(
      t,
      text.replace('\r\n\r\n', '\r\nx-runner-request-id: a\r\nx-runner-request-id: b\r\n\r\n'),
    );
    assert.match(headers['x-runner-request-id'], UUID);
  });

  it('the first of two content-types counts', async (t) => {
    const text = requestText({ path: '/__runner/task/echo', body: '1' });
    const { status } = await responseTo(
      t,
      text.replace(
        '\r\n\r\n',
        '\r\ncontent-type: text/plain\r\ncontent-type: application/octet-stream\r\n\r\n',
      ),
    );
    assert.equal(status, 200);
  });

  it('a request id of bytes beyond ASCII is no id', async (t) => {
    const { headers } = await responseTo(
      t,
      requestText({ path: '/__runner/task/echo', headers: { 'x-runner-request-id': 'caf\xe9' }, body: '1' }),
    );
    assert.match(headers['x-runner-request-id'], UUID);
  });
});

describe('a connection that is kept', () => {
  it('gives every request a response and an id of its own', async (t) => {
    const { port } = await startServer(t, {}, (server) => server.registerTask('echo', (input) => input));
    const client = await connect(t, port);
    const ids = new Set();
    for (let n = 0; n < 20; n += 1) {
      await client.write(requestText({ path: '/__runner/task/echo', body: String(n) }));
      const { status, headers, body } = await client.response();
      assert.equal(status, 200);
      assert.equal(body, `{"ok":true,"result":${n}}`);
      ids.add(headers['x-runner-request-id']);
    }
    assert.equal(ids.size, 20);
  });

  it('stays open after every error that leaves the request whole', async (t) => {
    const { port } = await startServer(t, { limits: { maxJsonBytes: 64 } }, (server) =>
      server.registerTask('echo', (input) => input),
    );
    const client = await connect(t, port);
    for (const [request, status] of /** @type {[Parameters<typeof requestText>[0], number][]} */ ([
      [{ path: '/__runner/task/echo', body: '{' }, 400],
      [{ path: '/__runner/task/nope', body: '1' }, 404],
      [{ path: '/nope', body: '1' }, 404],
      [{ method: 'PUT', path: '/__runner/task/echo', body: '1' }, 405],
      [{ method: 'OPTIONS', path: '/__runner/task/echo' }, 204],
      [{ method: 'GET', path: '/__runner/discovery' }, 200],
    ])) {
      await client.write(requestText(request));
      assert.equal((await client.response()).status, status);
    }
    await client.write(requestText({ method: 'HEAD', path: '/__runner/task/echo' }));
    assert.equal((await client.response({ head: true })).status, 405);
    await client.write(requestText({ path: '/__runner/task/echo', body: '7' }));
    assert.equal((await client.response()).body, '{"ok":true,"result":7}');
  });
});
