// @ts-check
'use strict';

const { INTERNAL } = require('../expected.js');
const { results } = require('../app/results.js');
const { task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** Results that nothing can carry. */
const uncarried = [
  'function',
  'function within',
  'own symbol',
  'circular',
  'circular array',
  'throwing getter',
];
uncarried.push('invalid date', 'object with own toJSON');

/** Results whose stacks nodeExposure sends, but this package does not. */
const withStacks = ['error', 'error within'];

/** How deep a result may be. @type {[string, string, RawCase['expect']][]} */
const depths = [
  ['as deep as the serializer goes', '{"input":{"levels":999}}', { status: 200 }],
  ['one level too deep', '{"input":{"levels":1000}}', INTERNAL],
  ['of objects, as deep as the serializer goes', '{"input":{"levels":999,"object":true}}', { status: 200 }],
  ['of objects, one level too deep', '{"input":{"levels":1000,"object":true}}', INTERNAL],
  ['far too deep', '{"input":{"levels":20000}}', INTERNAL],
];

/** @type {RawCase[]} */
const cases = [
  ...Object.keys(results)
    .filter((name) => !withStacks.includes(name))
    .map((name) => ({
      name: `a result: ${name}`,
      covers: ['5 value', ...(uncarried.includes(name) ? ['6 INTERNAL_ERROR'] : [])],
      request: task('result', JSON.stringify({ input: name })),
      expect: uncarried.includes(name) ? INTERNAL : { status: 200, body: /^\{"ok":true,"result":/ },
    })),
  ...withStacks.map((name) => ({
    name: `a result: ${name}`,
    covers: ['9 7'],
    request: task('result', JSON.stringify({ input: name })),
    excuse: {
      row: 7,
      nodeExposure: { status: 200, body: /"stack":".*results\.js/ },
      native: {
        status: 200,
        body: /"__type":"Error","value":\{"name":"(Type)?Error"/,
        without: /results\.js/,
      },
    },
  })),
  ...depths.map(([what, body, expect]) => ({
    name: `a result ${what}`,
    covers: ['5 value'],
    request: task('nest', body),
    expect,
  })),
  {
    name: 'no result',
    covers: ['5 value'],
    request: task('nothing', '{}'),
    expect: { status: 200, body: '{"ok":true,"result":{"__type":"Undefined","value":null}}' },
  },
  {
    name: 'a result of 6 MB',
    covers: ['5 value'],
    request: task('text', '3000000'),
    expect: { status: 200, headers: { 'content-length': '6000023' } },
  },
  {
    name: 'a result has the headers of JSON, and no others',
    covers: ['7 JSON', '7 security', '7 request id'],
    request: task('add', '{"input":{"a":1,"b":2}}', { headers: { 'x-runner-request-id': 'r-1' } }),
    expect: {
      status: 200,
      body: '{"ok":true,"result":3}',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': '22',
        'x-runner-request-id': 'r-1',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      },
    },
  },
  {
    name: 'a result over HTTP/1.0',
    covers: ['5 value'],
    request: task('echo', '{"input":1}', { version: '1.0' }),
    expect: { status: 200 },
  },
  {
    name: 'a call that waits for 100 Continue',
    covers: ['5 value'],
    request: task('echo', '{"input":1}', { headers: { expect: '100-continue' } }),
    expect: { status: 200 },
  },
];

module.exports = cases;
