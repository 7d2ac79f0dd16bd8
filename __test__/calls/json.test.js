// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { jsonServer } = require('../helpers/json.js');

describe('numbers', () => {
  for (const [text, value] of /** @type {[string, number][]} */ ([
    ['-0', -0],
    ['-0.0', -0],
    ['0e5', 0],
    ['1.0', 1],
    ['1E2', 100],
    ['1e+2', 100],
    ['100e-2', 1],
    ['0.1', 0.1],
    ['1e400', Number.POSITIVE_INFINITY],
    ['-1e400', Number.NEGATIVE_INFINITY],
    ['1e-400', 0],
    ['-1e-400', -0],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['9007199254740993', 9007199254740992],
    ['12345678901234567890', 12345678901234567000],
    ['0.1000000000000000055511151231257827', 0.1],
    [`1${'0'.repeat(400)}`, Number.POSITIVE_INFINITY],
    [`0.${'0'.repeat(400)}1`, 0],
  ])) {
    const short = text.length > 40 ? `${text.slice(0, 10)}… of ${text.length} characters` : text;
    it(`${short} reaches the handler as ${Object.is(value, -0) ? '-0' : value}`, async (t) => {
      const { inputs, echo } = await jsonServer(t);
      await echo(`{"input":${text}}`);
      await echo(text);
      await echo(`[${text}]`);
      assert.ok(Object.is(inputs[0], value), `{"input":…}: ${inputs[0]}`);
      assert.ok(Object.is(inputs[1], value), `bare: ${inputs[1]}`);
      assert.ok(Object.is(inputs[2][0], value), `in a list: ${inputs[2][0]}`);
    });
  }

  for (const [text, response] of [
    ['-0', '0'],
    ['1e400', 'null'],
    ['1.50', '1.5'],
    ['1E2', '100'],
    ['1e21', '1e+21'],
    ['12345678901234567890', '12345678901234567000'],
  ]) {
    it(`${text} comes back as JSON.stringify writes it: ${response}`, async (t) => {
      const { echo } = await jsonServer(t);
      assert.equal((await echo(`{"input":${text}}`)).text, `{"ok":true,"result":${response}}`);
    });
  }
});

describe('strings', () => {
  it('escapes mean what JSON.parse makes of them', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u0000\\ud83d\\ude00"';
    const response = await echo(`{"input":${text}}`);
    assert.equal(inputs[0], '"\\/\b\f\n\r\tA\u00e9\0\u{1F600}');
    assert.equal(response.text, '{"ok":true,"result":"\\"\\\\/\\b\\f\\n\\r\\tAé\\u0000😀"}');
  });

  for (const [what, text, value] of [
    ['a lone high surrogate', '"\\ud800"', '\ud800'],
    ['a lone low surrogate', '"\\udc00"', '\udc00'],
    ['surrogates in the wrong order', '"\\ude00\\ud83d"', '\ude00\ud83d'],
    ['a lone high surrogate before text', '"\\ud83dx"', '\ud83dx'],
    ['a lone high surrogate before an escape', '"\\ud83d\\n"', '\ud83d\n'],
    ['two high surrogates and a low one', '"\\ud83d\\ud83d\\ude00"', '\ud83d\u{1F600}'],
  ]) {
    it(`${what} reaches the handler and comes back escaped`, async (t) => {
      const { inputs, echo } = await jsonServer(t);
      const response = await echo(`{"input":${text}}`);
      assert.equal(response.status, 200);
      assert.equal(inputs[0], value);
      assert.equal(response.text, `{"ok":true,"result":${JSON.stringify(value)}}`);
    });
  }

  it('a lone surrogate may be a key', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    const response = await echo('{"input":{"\\uDC00":1}}');
    assert.deepEqual(Object.keys(inputs[0]), ['\udc00']);
    assert.equal(response.text, '{"ok":true,"result":{"\\udc00":1}}');
  });

  it('a lone surrogate beside input is no error', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    assert.equal((await echo('{"\\ud800":"\\udfff","input":5}')).text, '{"ok":true,"result":5}');
    assert.deepEqual(inputs, [5]);
  });

  it('line separators and DEL pass unescaped both ways', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    const response = await echo('{"input":"\u2028\u2029\u007f"}');
    assert.equal(inputs[0], '\u2028\u2029\u007f');
    assert.equal(response.text, '{"ok":true,"result":"\u2028\u2029\u007f"}');
  });
});

describe('keys', () => {
  it('of repeated keys within input the last wins, at the place of the first', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    const response = await echo('{"input":{"a":1,"b":2,"a":3}}');
    assert.deepEqual(inputs[0], { a: 3, b: 2 });
    assert.equal(response.text, '{"ok":true,"result":{"a":3,"b":2}}');
  });

  it('of repeated keys in a bare object the last wins', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    await echo('{"a":1,"\\u0061":2}');
    assert.deepEqual(inputs[0], { a: 2 });
  });

  it('of repeated keys input the last wins, escaped or not', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    await echo('{"input":{"n":1},"input":{"n":2}}');
    await echo('{"input":1,"\\u0069nput":[2]}');
    await echo('{"\\u0069\\u006E\\u0070\\u0075\\u0074":1,"input":3}');
    assert.deepEqual(inputs, [{ n: 2 }, [2], 3]);
  });

  it('an escape that is no letter of input makes another key', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    await echo('{"input\\u0000":1}');
    await echo('{"\\u0049nput":1}');
    assert.deepEqual(inputs, [{ 'input\0': 1 }, { Input: 1 }]);
  });

  it('numeric keys come first, as in any JavaScript object', async (t) => {
    const { echo } = await jsonServer(t);
    const response = await echo('{"input":{"b":1,"2":2,"1":3}}');
    assert.equal(response.text, '{"ok":true,"result":{"1":3,"2":2,"b":1}}');
  });

  it('an empty key is a key', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    const response = await echo('{"":0,"input":{"":{"":1}}}');
    assert.deepEqual(inputs[0], { '': { '': 1 } });
    assert.equal(response.text, '{"ok":true,"result":{"":{"":1}}}');
  });

  it('__proto__ as the whole input is its value', async (t) => {
    const { inputs, echo } = await jsonServer(t);
    await echo('{"__proto__":{"a":1},"input":{"b":2}}');
    assert.deepEqual(inputs[0], { b: 2 });
  });
});

describe('depth', () => {
  it('a list of 10,000 levels reaches the handler', async (t) => {
    const { depth } = await jsonServer(t);
    const text = '['.repeat(10_000) + ']'.repeat(10_000);
    assert.equal((await depth(`{"input":${text}}`)).text, '{"ok":true,"result":10000}');
    assert.equal((await depth(text)).text, '{"ok":true,"result":10000}');
  });

  it('an object of 10,000 levels reaches the handler', async (t) => {
    const { depth } = await jsonServer(t);
    const text = `${'{"a":'.repeat(9_999)}{}${'}'.repeat(9_999)}`;
    assert.equal((await depth(`{"input":${text}}`)).text, '{"ok":true,"result":10000}');
    assert.equal((await depth(text)).text, '{"ok":true,"result":10000}');
  });

  it('10,000 levels beside input are checked and dropped', async (t) => {
    const { depth } = await jsonServer(t);
    const text = '['.repeat(10_000) + ']'.repeat(10_000);
    assert.equal((await depth(`{"other":${text},"input":[]}`)).text, '{"ok":true,"result":1}');
  });

  it('10,000 levels in an event are taken', async (t) => {
    const { note } = await jsonServer(t);
    const text = '['.repeat(10_000) + ']'.repeat(10_000);
    assert.equal((await note(`{"payload":${text}}`)).text, '{"ok":true}');
  });

  for (const [what, text] of [
    ['10,000 levels that are never closed', '['.repeat(10_000)],
    ['10,000 objects that are never closed', '{"a":'.repeat(10_000)],
    ['10,000 levels with one closed wrongly', `${'['.repeat(10_000)}}${']'.repeat(9_999)}`],
    ['10,000 levels closed once too often', '['.repeat(10_000) + ']'.repeat(10_001)],
  ]) {
    it(`${what} are 400, and the server serves on`, async (t) => {
      const { echo } = await jsonServer(t);
      const response = await echo(text);
      assert.equal(response.status, 400);
      assert.equal(response.json.error.code, 'INVALID_JSON');
      assert.equal((await echo('1')).text, '{"ok":true,"result":1}');
    });
  }

  it('as many levels as the size limit allows do not break the server', async (t) => {
    const { depth } = await jsonServer(t);
    const text = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    assert.equal((await depth(text)).text, '{"ok":true,"result":1000000}');
    assert.equal((await depth('[]')).text, '{"ok":true,"result":1}');
  });
});
