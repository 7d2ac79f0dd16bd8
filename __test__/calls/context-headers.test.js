// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { contextServer } = require('../helpers/contexts.js');
const { call, callTask } = require('../helpers/http.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

describe('the headers of a context', () => {
  it('have lower-case names and the values as sent', async (t) => {
    const { port, contexts } = await contextServer(t);
    await callTask(port, 't', 1, { headers: { 'X-Mixed-Case': 'Value: as Sent', 'x-empty': '' } });
    const { headers } = contexts[0];
    assert.equal(headers['x-mixed-case'], 'Value: as Sent');
    assert.equal(headers['X-Mixed-Case'], undefined);
    assert.equal(headers['x-empty'], '');
    assert.equal(headers['host'], `127.0.0.1:${port}`);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], '11');
    assert.equal(headers['x-absent'], undefined);
  });

  it('lose white space around a value, not within', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    await client.write(
      requestText({ path: '/__runner/task/t', headers: { 'x-a': ' \t a  b \t ' }, body: '1' }),
    );
    await client.response();
    assert.equal(contexts[0].headers['x-a'], 'a  b');
  });

  it('join repeated values in order by a comma and a space', async (t) => {
    const { port, contexts } = await contextServer(t);
    await call({ port, path: '/__runner/task/t', headers: { 'x-a': ['1', '2, 3', '1'] } });
    assert.equal(contexts[0].headers['x-a'], '1, 2, 3, 1');
  });

  it('join repeated values although their names differ in case and others stand between', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    const head = [
      'POST /__runner/task/t HTTP/1.1',
      'host: localhost',
      'x-a: 1',
      'x-b: 2',
      'X-A: 3',
      'content-length: 0',
    ];
    await client.write(`${head.join('\r\n')}\r\n\r\n`);
    await client.response();
    assert.equal(contexts[0].headers['x-a'], '1, 3');
    assert.equal(contexts[0].headers['x-b'], '2');
  });

  it('read bytes beyond ASCII as latin1, as Node does', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    const value = 'caf\xe9 \xc3\xbc \x80\xff';
    await client.write(requestText({ path: '/__runner/task/t', headers: { 'x-a': value }, body: '1' }));
    assert.equal((await client.response()).status, 200);
    assert.equal(contexts[0].headers['x-a'], value);
  });

  it('hold the names of Object.prototype only when they were sent', async (t) => {
    const { port, contexts } = await contextServer(t);
    await call({ port, path: '/__runner/task/t' });
    await call({ port, path: '/__runner/task/t', headers: { constructor: 'mine', __proto__x: '1' } });
    assert.equal(Object.hasOwn(contexts[0].headers, 'constructor'), false);
    assert.equal(contexts[1].headers['constructor'], 'mine');
  });

  it('named __proto__ pollute nothing', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    await client.write(
      requestText({ path: '/__runner/task/t', headers: { 'x-a': '1' }, body: '1' }).replace(
        'x-a',
        '__proto__',
      ),
    );
    assert.equal((await client.response()).status, 200);
    assert.equal(typeof contexts[0].headers, 'object');
    assert.equal(/** @type {any} */ ({})['x-a'], undefined);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  it('list every header that was sent', async (t) => {
    const { port, contexts } = await contextServer(t);
    const client = await connect(t, port);
    await client.write(
      requestText({ path: '/__runner/task/t', headers: { 'x-b': '2', 'x-a': '1' }, body: '1' }),
    );
    await client.response();
    const names = Object.keys(contexts[0].headers).filter((name) => name !== 'x-runner-request-id');
    assert.deepEqual(names.sort(), ['content-length', 'host', 'x-a', 'x-b']);
  });

  it('stay with their request when many arrive at once, with text beyond ASCII in heads and bodies', async (t) => {
    /** @type {unknown[]} */
    const seen = [];
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', (input, { headers, path }) => {
        seen.push([input, headers['x-a'], headers['x-b'], path]);
      }),
    );
    const inputs = ['a', 'é€😀', '', '\ud800', 'ASCII alone'];
    const values = ['caf\xe9', 'plain', '\xff\xfe', ''];
    const expected = Array.from({ length: 60 }, (_, n) => [
      inputs[n % inputs.length],
      values[n % values.length],
      String(n),
      `/__runner/task/t?n=${n}`,
    ]);
    const client = await connect(t, port);
    const requests = expected.map(([input, a, b, path]) =>
      requestText({ path, headers: { 'x-a': a, 'x-b': b }, body: JSON.stringify({ input }) }),
    );
    await client.write(requests.join(''));
    await client.responses(requests.length);
    assert.deepEqual(seen, expected);
  });
});
