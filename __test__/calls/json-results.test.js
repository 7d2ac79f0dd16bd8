// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { jsonServer } = require('../helpers/json.js');
const { connect, requestText } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');

describe('results', () => {
  for (const [what, result, text] of /** @type {[string, unknown, string][]} */ ([
    ['text beyond ASCII', 'üñ€😀', '"üñ€😀"'],
    ['text beyond latin1 alone', '\u0100', '"\u0100"'],
    ['latin1 text', '\u00ff', '"\u00ff"'],
    ['a lone surrogate', '\ud800', '"\\ud800"'],
    ['quotes and control characters', '"\\\u0001\n', '"\\"\\\\\\u0001\\n"'],
    ['an empty string', '', '""'],
    ['null', null, 'null'],
    ['false', false, 'false'],
    ['zero', 0, '0'],
    ['minus zero', -0, '0'],
    ['NaN', Number.NaN, 'null'],
    ['Infinity', Number.POSITIVE_INFINITY, 'null'],
    ['a list with holes and undefined', [undefined, null, 1], '[null,null,1]'],
    ['keys of undefined', { a: undefined, b: 1 }, '{"b":1}'],
    ['keys of functions and symbols', { a() {}, b: Symbol('b'), c: 1 }, '{"c":1}'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a toJSON of its own', { toJSON: () => ({ x: 1 }) }, '{"x":1}'],
    ['a Map', new Map([[1, 2]]), '{}'],
    ['a typed array', new Uint8Array([1, 2]), '{"0":1,"1":2}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an empty key', { '': 1 }, '{"":1}'],
    ['boxed values', [Object(1), Object('a'), Object(false)], '[1,"a",false]'],
  ])) {
    it(`${what} goes out as JSON.stringify writes it`, async (t) => {
      const { make } = await jsonServer(t, result);
      const response = await make();
      assert.equal(response.status, 200);
      assert.equal(response.text, `{"ok":true,"result":${text}}`);
      assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.text)));
    });
  }

  // The room for a response is guessed from its length in UTF-16 units, of which a character may take 3 bytes each.
  for (const [what, end] of [
    ['a character of two bytes', 'é'],
    ['a character of three bytes', '€'],
    ['a character of four bytes', '😀'],
    ['three characters of four bytes', '😀😀😀'],
    ['a lone surrogate and a character of four bytes', '\ud83d😀'],
  ]) {
    it(`text that ends in ${what} is complete, however much ASCII precedes it`, async (t) => {
      const { echo } = await jsonServer(t);
      for (const length of [0, 1, 2, 3, 7, 8, 63, 64, 65, 1000, 20_000, 100_000]) {
        const text = JSON.stringify('a'.repeat(length) + end);
        const response = await echo(text);
        assert.ok(
          response.text === `{"ok":true,"result":${text}}`,
          `${length}: …${response.text.slice(-30)}`,
        );
      }
    });
  }

  it('responses of one turn keep apart, ASCII or not', async (t) => {
    const { port } = await startServer(t, {}, (server) => server.registerTask('echo', (input) => input));
    const client = await connect(t, port);
    const texts = ['a', 'é', '', 'ab€', '😀', 'plain', '\ud800', 'x😀'].map((text) => JSON.stringify(text));
    const requests = Array.from({ length: 64 }, (_, n) =>
      requestText({ path: '/__runner/task/echo', body: texts[n % texts.length] }),
    );
    await client.write(requests.join(''));
    const responses = await client.responses(requests.length);
    assert.deepEqual(
      responses.map((response) => response.body),
      requests.map((_, n) => `{"ok":true,"result":${texts[n % texts.length]}}`),
    );
  });

  it('undefined goes out as no result at all', async (t) => {
    const { make } = await jsonServer(t, undefined);
    assert.equal((await make()).text, '{"ok":true}');
  });

  it('a result that looks like an envelope is a result', async (t) => {
    const { make } = await jsonServer(t, { ok: false, error: { message: 'mine' } });
    const response = await make();
    assert.equal(response.status, 200);
    assert.equal(response.text, '{"ok":true,"result":{"ok":false,"error":{"message":"mine"}}}');
  });
});
