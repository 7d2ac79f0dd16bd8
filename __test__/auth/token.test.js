// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { authServer, countingValidator } = require('../helpers/auth.js');
const { callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');

describe('a validator beside a token', () => {
  it('is not run when the token matched', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { token: ['old', 'new'], validate });
    const response = await callTask(port, 'echo', 1, { headers: { 'x-runner-token': 'new' } });
    assert.equal(response.status, 200);
    assert.equal(validate.calls, 0);
  });

  it('is run when the token did not match, and can let the request in', async (t) => {
    const validate = countingValidator({ ok: true });
    const port = await authServer(t, { token: 'secret', validate });
    const response = await callTask(port, 'echo', 1, { headers: { 'x-runner-token': 'wrong' } });
    assert.equal(response.status, 200);
    assert.equal(validate.calls, 1);
  });

  it('is run when there was no token', async (t) => {
    const validate = countingValidator({ ok: false });
    const port = await authServer(t, { token: 'secret', validate });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
    assert.equal(validate.calls, 1);
  });

  it('decides although allowAnonymous is given', async (t) => {
    const port = await authServer(t, { validate: () => ({ ok: false }), allowAnonymous: true });
    assert.equal((await callTask(port, 'echo', 1)).status, 401);
  });
});

describe('the token header', () => {
  it('given twice is 401, even if both are right', async (t) => {
    const port = await authServer(t, { token: 'secret' });
    const client = await connect(t, port);
    const twice = '\r\nx-runner-token: secret\r\nx-runner-token: secret\r\n\r\n';
    await client.write(requestText({ path: '/__runner/task/echo', body: '1' }).replace('\r\n\r\n', twice));
    assert.equal((await client.response()).status, 401);
  });

  it('is read as latin1, as Node reads headers', async (t) => {
    const port = await authServer(t, { token: 'caf\u00e9' });
    const client = await connect(t, port);
    for (const [sent, status] of /** @type {[string, number][]} */ ([
      ['caf\xe9', 200],
      ['caf\xc3\xa9', 401],
      ['cafe', 401],
    ])) {
      await client.write(
        requestText({ path: '/__runner/task/echo', headers: { 'x-runner-token': sent }, body: '1' }),
      );
      assert.equal((await client.response()).status, status, sent);
    }
  });

  it('is compared with the tokens as they were when the server was made', async (t) => {
    const token = ['first'];
    const port = await authServer(t, { token });
    token[0] = 'second';
    const headers = (/** @type {string} */ value) => ({ headers: { 'x-runner-token': value } });
    assert.equal((await callTask(port, 'echo', 1, headers('first'))).status, 200);
    assert.equal((await callTask(port, 'echo', 1, headers('second'))).status, 401);
  });
});
