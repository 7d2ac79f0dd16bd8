// @ts-check
'use strict';

const { INVALID_JSON, OK, seen } = require('../expected.js');
const { casesOf } = require('../table.js');
const { task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/**
 * Bodies with records and documents of the serializer: row, what it is, the body, its outcome.
 *
 * @type {[string, string, string, RawCase['expect']][]}
 */
const bodies = [
  [
    '4 typed records',
    'a Date',
    '{"input":{"__type":"Date","value":"2024-02-29T00:00:00.000Z"}}',
    seen('2024-02-29T00:00:00.000Z'),
  ],
  ['4 typed records', 'a bad Date', '{"input":{"__type":"Date","value":"soon"}}', seen('Invalid Date')],
  [
    '4 typed records',
    'a Map',
    '{"input":{"__type":"Map","value":[["a",{"__type":"Set","value":[1]}]]}}',
    seen("Map(1) { 'a' => Set(1) { 1 } }"),
  ],
  [
    '4 typed records',
    'a BigInt',
    '{"input":[{"__type":"BigInt","value":"-12345678901234567890"}]}',
    seen('[ -12345678901234567890n ]'),
  ],
  ['4 typed records', 'a bad BigInt', '{"input":{"__type":"BigInt","value":"1.5"}}', INVALID_JSON],
  [
    '4 typed records',
    'numbers that are not finite',
    '{"input":[{"__type":"NonFiniteNumber","value":"NaN"},{"__type":"NonFiniteNumber","value":"-Infinity"}]}',
    seen('[ NaN, -Infinity ]'),
  ],
  [
    '4 typed records',
    'undefined',
    '{"input":{"a":{"__type":"Undefined","value":null}}}',
    seen('{ a: undefined }'),
  ],
  [
    '4 typed records',
    'undefined as input',
    '{"input":{"__type":"Undefined","value":null}}',
    seen('undefined'),
  ],
  ['4 typed records', 'undefined as the body', '{"__type":"Undefined","value":null}', seen('undefined')],
  [
    '4 typed records',
    'a RegExp',
    '{"input":{"__type":"RegExp","value":{"pattern":"a+","flags":"gi"}}}',
    seen('/a+/gi'),
  ],
  [
    '4 typed records',
    'a RegExp that might never end',
    '{"input":{"__type":"RegExp","value":{"pattern":"(a+)+$","flags":""}}}',
    INVALID_JSON,
  ],
  [
    '4 typed records',
    'a RegExp that is too long',
    `{"input":{"__type":"RegExp","value":{"pattern":"${'a'.repeat(1025)}","flags":""}}}`,
    INVALID_JSON,
  ],
  [
    '4 typed records',
    'an Error',
    '{"input":{"__type":"Error","value":{"name":"TypeError","message":"m","stack":"s","customFields":{"code":"E"}}}}',
    OK,
  ],
  ['4 typed records', 'a URL', '{"input":{"__type":"URL","value":"https://a.test/b?c"}}', OK],
  ['4 typed records', 'a bad URL', '{"input":{"__type":"URL","value":"not a url"}}', INVALID_JSON],
  ['4 typed records', 'a Buffer', '{"input":{"__type":"Buffer","value":[0,255]}}', seen('<Buffer 00 ff>')],
  [
    '4 typed records',
    'a Buffer of what are no bytes',
    '{"input":{"__type":"Buffer","value":[256]}}',
    INVALID_JSON,
  ],
  [
    '4 typed records',
    'a typed array',
    '{"input":{"__type":"Uint16Array","value":[1,0,2,0]}}',
    seen('Uint16Array(2) [ 1, 2 ]'),
  ],
  [
    '4 typed records',
    'a symbol',
    '{"input":{"__type":"Symbol","value":{"kind":"For","key":"k"}}}',
    seen('Symbol(k)'),
  ],
  [
    '4 typed records',
    "a type of the application's",
    '{"input":{"__type":"Point","value":{"x":1,"y":2}}}',
    seen('Point { x: 1, y: 2 }'),
  ],
  ['4 typed records', 'an unknown type', '{"input":{"__type":"Nobody","value":1}}', INVALID_JSON],
  [
    '4 typed records',
    'a record as the body',
    '{"__type":"Map","value":[["input",1]]}',
    seen("Map(1) { 'input' => 1 }"),
  ],
  [
    '4 typed records',
    "a record of the application's as the body",
    '{"__type":"Point","value":{"x":{"input":1},"y":2}}',
    OK,
  ],
  [
    '4 typed records',
    'a record with escapes in its keys',
    '{"input":{"\\u005f_typ\\u0065":"Date","value":"2024-01-01T00:00:00.000Z"}}',
    seen('2024-01-01T00:00:00.000Z'),
  ],
  [
    '4 typed records',
    'a record with more keys',
    '{"input":{"a":1,"__type":"Date","value":"2024-01-01T00:00:00.000Z","b":2}}',
    seen('2024-01-01T00:00:00.000Z'),
  ],
  ['4 typed records', 'a record without a value', '{"input":{"__type":"Date"}}', seen("{ __type: 'Date' }")],
  [
    '4 typed records',
    'a record whose type is no text',
    '{"input":{"__type":1,"value":2}}',
    seen('{ __type: 1, value: 2 }'),
  ],
  ['4 typed records', 'the text of a record', '{"input":"{\\"__type\\":\\"Date\\",\\"value\\":0}"}', OK],
  [
    '4 typed records',
    'an escaped __type',
    '{"input":{"$runner.escape::__type":"Date","value":"v"}}',
    seen("{ __type: 'Date', value: 'v' }"),
  ],
  [
    '4 typed records',
    'an escape with escapes',
    '{"input":{"\\u0024runner.escape::__type":"Date","value":"v"}}',
    seen("{ __type: 'Date', value: 'v' }"),
  ],
  [
    '4 typed records',
    'an escaped escape',
    '{"input":{"$runner.escape::$runner.escape::a":1}}',
    seen("{ '$runner.escape::a': 1 }"),
  ],
  ['4 typed records', 'an escape of nothing', '{"input":{"$runner.escape::":1}}', seen("{ '': 1 }")],
  [
    '4 graph documents',
    'a graph',
    '{"__graph":true,"version":1,"root":{"__ref":"o"},"nodes":{"o":{"kind":"object","value":{"input":{"__ref":"a"}}},"a":{"kind":"array","value":[1]}}}',
    seen('[ 1 ]'),
  ],
  [
    '4 graph documents',
    'a graph with a circle',
    '{"__graph":true,"version":1,"root":{"input":{"__ref":"o"}},"nodes":{"o":{"kind":"object","value":{"self":{"__ref":"o"}}}}}',
    seen('<ref *1> { self: [Circular *1] }'),
  ],
  [
    '4 graph documents',
    'a graph with a type',
    '{"__graph":true,"root":{"input":{"__ref":"m"}},"nodes":{"m":{"kind":"type","type":"Map","value":[["a",{"__ref":"m"}]]}}}',
    OK,
  ],
  [
    '4 graph documents',
    'a graph whose key has escapes',
    '{"__gr\\u0061ph":true,"root":{"input":5},"nodes":{}}',
    seen('5'),
  ],
  [
    '4 graph documents',
    'a graph with a reference to nothing',
    '{"__graph":true,"root":{"__ref":"x"},"nodes":{}}',
    INVALID_JSON,
  ],
  [
    '4 graph documents',
    'a graph without nodes, which is none',
    '{"__graph":true,"root":1}',
    seen('{ __graph: true, root: 1 }'),
  ],
  [
    '4 graph documents',
    'a graph that is not the whole document',
    '{"input":{"__graph":true,"root":1,"nodes":{}}}',
    seen('{ __graph: true, root: 1, nodes: {} }'),
  ],
  ['4 graph documents', 'a reference outside a graph', '{"input":{"__ref":"a"}}', seen("{ __ref: 'a' }")],
];

/** @type {RawCase[]} */
const records = casesOf(
  bodies.map(([covers, what, body, expect]) => [covers, what, task('describe', body), expect]),
  (what) => `${what} as input`,
);

module.exports = records;
