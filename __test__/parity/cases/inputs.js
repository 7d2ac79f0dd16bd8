// @ts-check
'use strict';

const { INVALID_JSON, OK, seen } = require('../expected.js');
const { casesOf } = require('../table.js');
const { task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/**
 * Bodies of the task that describes its input: row, what it is, the body, its outcome.
 *
 * @type {[string, string, string | Buffer | undefined, RawCase['expect']][]}
 */
const bodies = [
  ['4 input key', 'an input', '{"input":{"a":[1,"x",null,true]}}', seen("{ a: [ 1, 'x', null, true ] }")],
  ['4 input key', 'a null input', '{"input":null}', seen('null')],
  ['4 input key', 'an input beside other keys', '{"a":1,"input":2,"b":3}', seen('2')],
  ['4 input key', 'an input within an input', '{"input":{"input":1}}', seen('{ input: 1 }')],
  ['4 input key', 'an escaped input key', '{"\\u0069nput":5}', seen('5')],
  [
    '4 input key',
    'an input key that is escaped for the serializer',
    '{"$runner.escape::input":5}',
    seen('5'),
  ],
  ['4 bare input', 'an empty object', '{}', seen('{}')],
  ['4 bare input', 'an object without an input', '{"a":1}', seen('{ a: 1 }')],
  ['4 bare input', 'an array', '[1,{"input":2}]', seen('[ 1, { input: 2 } ]')],
  ['4 bare input', 'a number', '7', seen('7')],
  ['4 bare input', 'a string', '"input"', seen("'input'")],
  ['4 bare input', 'null', 'null', seen('null')],
  ['4 bare input', 'false', 'false', seen('false')],
  ['4 bare input', 'a key that only ends like input', '{"xinput":1}', seen('{ xinput: 1 }')],
  ['4 empty body', 'no body', undefined, seen('undefined')],
  ['4 empty body', 'an empty body', '', seen('undefined')],
  ['4 malformed JSON', 'white space around the body', ' \t\r\n{"input": 1}\r\n ', seen('1')],
  ['4 malformed JSON', 'white space alone', ' \n', INVALID_JSON],
  ['4 malformed JSON', 'a byte-order mark', '\ufeff{"input":1}', INVALID_JSON],
  ['4 malformed JSON', 'white space that JSON does not know', '\u00a0{"input":1}', INVALID_JSON],
  ['4 malformed JSON', 'half an object', '{"input":', INVALID_JSON],
  ['4 malformed JSON', 'two values', '{"input":1}{"input":2}', INVALID_JSON],
  ['4 malformed JSON', 'a trailing comma', '{"input":[1,]}', INVALID_JSON],
  ['4 malformed JSON', 'single quotes', "{'input':1}", INVALID_JSON],
  ['4 malformed JSON', 'NaN', '{"input":NaN}', INVALID_JSON],
  ['4 malformed JSON', 'a comment', '{"input":1/**/}', INVALID_JSON],
  ['4 malformed JSON', 'the word undefined', 'undefined', INVALID_JSON],
  ['4 malformed JSON', 'a bad escape', '{"input":"\\x41"}', INVALID_JSON],
  ['4 malformed JSON', 'a control character in text', '{"input":"a\nb"}', INVALID_JSON],
  ['4 malformed JSON', 'a NUL after the body', '{"input":1}\0', INVALID_JSON],
  ['4 numbers and escapes', 'minus zero', '{"input":[-0,-0.0,0]}', seen('[ -0, -0, 0 ]')],
  ['4 numbers and escapes', 'numbers beyond doubles', '{"input":[1e999,-1e999,1e-999]}', OK],
  ['4 numbers and escapes', 'integers beyond 2^53', '{"input":[9007199254740993,123456789012345678901]}', OK],
  ['4 numbers and escapes', 'a number of many digits', `{"input":0.${'1234567890'.repeat(30)}}`, OK],
  ['4 numbers and escapes', 'a number that begins with zero', '{"input":01}', INVALID_JSON],
  ['4 numbers and escapes', 'a number that begins with a plus', '{"input":+1}', INVALID_JSON],
  ['4 numbers and escapes', 'a number without digits after its point', '{"input":1.}', INVALID_JSON],
  ['4 numbers and escapes', 'every escape', '{"input":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00"}', OK],
  [
    '4 numbers and escapes',
    'escaped lone surrogates',
    '{"input":["\\ud800","\\udc00a","\\ude00\\ud83d"]}',
    OK,
  ],
  ['4 numbers and escapes', 'text beyond ASCII', '{"input":"é漢😀\u2028\u2029\u007f"}', OK],
  ['4 numbers and escapes', 'an escaped NUL', '{"input":"a\\u0000b"}', OK],
  ['4 repeated keys', 'the last of repeated inputs', '{"input":1,"input":2}', seen('2')],
  ['4 repeated keys', 'the last of repeated keys, in its first place', '{"input":{"a":1,"b":2,"a":3}}', OK],
  ['4 repeated keys', 'an escaped key that repeats another', '{"input":1,"inpu\\u0074":2}', seen('2')],
  ['4 repeated keys', 'integer keys, which go first', '{"input":{"b":1,"2":2,"1":3}}', OK],
  [
    '4 input key',
    'keys that no object may have',
    '{"input":{"__proto__":{"a":1},"constructor":2,"prototype":3,"b":4}}',
    seen('{ b: 4 }'),
  ],
  [
    '4 input key',
    'such keys with escapes',
    '{"input":{"__pro\\u0074o__":1,"construct\\u006fr":2,"b":4}}',
    seen('{ b: 4 }'),
  ],
  ['4 input key', 'such keys beside the input', '{"constructor":1,"input":2}', seen('2')],
  ['4 input key', 'such keys in a bare input', '{"constructor":1}', seen('{}')],
  [
    '4 input key',
    'such keys that are escaped for the serializer',
    '{"input":{"$runner.escape::__proto__":{"a":1},"b":1}}',
    seen('{ b: 1 }'),
  ],
  ['4 input key', 'such words as values', '{"input":["constructor","__proto__"]}', OK],
];

/** How deep a body may be. @type {[string, string, RawCase['expect']][]} */
const depths = [
  ['as deep as the serializer goes', `{"input":${'['.repeat(999)}1${']'.repeat(999)}}`, OK],
  ['one level too deep', `{"input":${'['.repeat(1000)}1${']'.repeat(1000)}}`, INVALID_JSON],
  ['objects as deep as the serializer goes', `{"input":${'{"a":'.repeat(999)}1${'}'.repeat(999)}}`, OK],
  ['objects one level too deep', `{"input":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`, INVALID_JSON],
  ['a bare input as deep as the serializer goes', `${'['.repeat(1000)}${']'.repeat(1000)}`, OK],
  ['a bare input one level too deep', `${'['.repeat(1001)}1${']'.repeat(1001)}`, INVALID_JSON],
  [
    'an empty array where one more value would be too deep',
    `{"input":${'['.repeat(1000)}${']'.repeat(1000)}}`,
    OK,
  ],
  ['many brackets in text', `{"input":"${'['.repeat(5000)}"}`, OK],
  ['too deep beside the input', `{"input":1,"other":${'['.repeat(1001)}${']'.repeat(1001)}}`, INVALID_JSON],
  ['far too deep', `${'['.repeat(100_000)}`, INVALID_JSON],
  ['far too deep, and whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, INVALID_JSON],
];

const types = [
  ['no content-type', null],
  ['a content-type of text', 'text/plain; charset=latin1'],
  ['a content-type in capitals', 'APPLICATION/JSON; CHARSET=UTF-16'],
  ['a content-type that is none', ';;;'],
  ['a content-type of another form', 'application/x-www-form-urlencoded'],
  ['a content-type that only begins like an octet-stream', 'application/octet-streams'],
  ['an octet-stream with a space before its parameter', 'application/octet-stream ;a=b'],
  ['an octet-stream in second place', 'text/plain, application/octet-stream'],
];

/** @type {RawCase[]} */
const inputs = [
  ...casesOf(
    bodies.map(([covers, what, body, expect]) => [covers, what, task('describe', body), expect]),
    (what) => `${what} as input`,
  ),
  ...depths.map(([what, body, expect]) => ({
    name: `a body ${what}`,
    covers: ['4 typed records', ...(expect === INVALID_JSON ? ['6 INVALID_JSON'] : [])],
    request: task('depth', body),
    expect,
  })),
  ...types.map(([what, type]) => ({
    name: `${what} is JSON`,
    covers: ['4 input key'],
    request: task('describe', '{"input":"é"}', { headers: { 'content-type': type } }),
    expect: seen("'é'"),
  })),
  {
    name: 'a body in chunks, cut within a character',
    covers: ['4 input key'],
    request: {
      path: '/__runner/task/describe',
      chunks: [Buffer.from('{"input":"\xc3', 'latin1'), Buffer.from('\xa9"', 'latin1'), '}'],
    },
    expect: seen("'é'"),
  },
  {
    name: 'the input as its schema makes it',
    covers: ['4 input key'],
    request: task('checked', '{"input":{"name":"a"}}'),
    expect: { status: 200, body: /"checked":true/ },
  },
  {
    name: 'an input that its schema refuses',
    covers: ['6 sanitized'],
    request: task('checked', '{"input":{"name":1}}'),
    expect: { status: 500, without: /must be/ },
  },
];

module.exports = inputs;
