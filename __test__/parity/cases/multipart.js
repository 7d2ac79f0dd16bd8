// @ts-check
'use strict';

const { INTERNAL, OK } = require('../expected.js');
const { casesOf } = require('../table.js');
const { BOUNDARY, ONE, file, form, manifest, sentinel, upload } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */
/** @typedef {import('../wire/request.js').RequestSpec} RequestSpec */

/** Files and what is known of them. @type {[string, string, RequestSpec, RawCase['expect']][]} */
const files = [
  ['4 multipart', 'a file', upload([ONE, file('F1', 'content')]), { status: 200, body: /"text":"content"/ }],
  ['4 multipart', 'an empty file', upload([ONE, file('F1', '')]), { status: 200, body: /"length":0/ }],
  ['4 multipart', 'a file of 3 MB', upload([ONE, file('F1', Buffer.alloc(3_000_000, 'parity'))]), OK],
  [
    '4 multipart',
    'a file that looks like a boundary',
    upload([ONE, file('F1', `\r\n--${BOUNDARY.slice(0, -1)}\r\n--\r\n`)]),
    OK,
  ],
  [
    '4 multipart',
    'a file in chunks of one byte',
    upload([ONE, file('F1', '\r\n-\r\n--\r')], { chunked: 1 }),
    OK,
  ],
  [
    '4 multipart',
    'a file in chunks of many bytes',
    upload([ONE, file('F1', Buffer.alloc(100_000, '\r\n--'))], { chunked: 1000 }),
    OK,
  ],
  [
    '4 multipart',
    'a file as the whole input',
    form('uploadOnly', [manifest(sentinel('F1')), file('F1', 'abc')]),
    OK,
  ],
  [
    '4 multipart',
    'a file within lists',
    form('uploadList', [manifest({ files: [sentinel('a'), sentinel('b')] }), file('a', '1'), file('b', '2')]),
    OK,
  ],
  [
    '4 multipart',
    'two files',
    form('uploadTwo', [
      manifest({ a: sentinel('A'), b: sentinel('B') }),
      file('A', 'first'),
      file('B', 'second'),
    ]),
    OK,
  ],
  ['4 multipart', 'a file by resolve()', form('uploadResolve', [ONE, file('F1', 'abc')]), OK],
  [
    '4 multipart',
    "a file by Runner's helper",
    form('uploadHelper', [ONE, file('F1', 'abc')]),
    { status: 200, body: /abc/ },
  ],
  [
    '4 multipart',
    'a file into a temporary one',
    form('uploadTemp', [ONE, file('F1', 'abc')]),
    { status: 200, body: /"bytesWritten":3,"inFolder":true,"text":"abc"/ },
  ],
  [
    '4 multipart',
    'a file that is read twice',
    form('uploadReadTwice', [ONE, file('F1', 'abc')]),
    { status: 200, body: /"name":"runner.errors/ },
  ],
  [
    '4 multipart',
    'a file that is resolved twice, which throws',
    form('uploadReadTwiceThrows', [ONE, file('F1', 'abc')]),
    INTERNAL,
  ],
  [
    '4 multipart',
    'a small file that is not read',
    form('uploadUnread', [ONE, file('F1', 'abc')]),
    { status: 200, body: /F1.txt/ },
  ],
  [
    '4 multipart',
    'the same file in two places',
    form('uploadSame', [manifest({ a: sentinel('F1'), b: sentinel('F1') }), file('F1', 'abc')]),
    { status: 200, body: /"same":true/ },
  ],
  [
    '4 multipart',
    'a file that is streamed back',
    form('uploadBack', [ONE, file('F1', 'there and back')]),
    { status: 200, body: 'there and back' },
  ],
  [
    '4 multipart',
    'a file that is streamed back with headers',
    form('uploadBackWrapped', [
      manifest({ file: sentinel('F1', { name: 'n', type: 'text/csv' }) }),
      file('F1', 'a,b'),
    ]),
    { status: 200, body: 'a,b', headers: { 'content-type': 'text/csv', 'x-name': 'n' } },
  ],
  ['4 multipart', 'the shape of an input file', form('uploadShape', [ONE, file('F1', '')]), OK],
  [
    '6 sanitized',
    'a task that takes a file and throws',
    form('uploadThrows', [ONE, file('F1', 'abc')]),
    INTERNAL,
  ],
  [
    '4 multipart',
    'a form without files',
    form('echo', [manifest({ a: 1 })]),
    { status: 200, body: '{"ok":true,"result":{"a":1}}' },
  ],
  [
    '4 multipart',
    'a form without an input',
    form('describe', [{ name: '__manifest', content: '{}' }]),
    { status: 200, body: /undefined/ },
  ],
  [
    '4 multipart',
    'a form whose manifest is an array',
    form('describe', [{ name: '__manifest', content: '[]' }]),
    OK,
  ],
  ['4 multipart', 'a form of a null input', form('describe', [manifest(null)]), OK],
  [
    '4 multipart',
    'a task that ignores its form',
    form('add', [manifest({ a: 1, b: 2 })]),
    { status: 200, body: /3/ },
  ],
  [
    '4 typed records',
    'a form with undefined and a BigInt',
    form('describe', [
      manifest([
        { __type: 'Undefined', value: null },
        { __type: 'BigInt', value: '5' },
      ]),
    ]),
    { status: 200, body: /\[ undefined, 5n \]/ },
  ],
  [
    '4 typed records',
    'a form whose manifest has unsafe keys',
    form('describe', [
      { name: '__manifest', content: '{"input":{"__proto__":{"a":1},"constructor":1,"b":2}}' },
    ]),
    OK,
  ],
  [
    '4 graph documents',
    'a form whose manifest is a graph',
    form('describe', [
      {
        name: '__manifest',
        content:
          '{"__graph":true,"root":{"input":{"__ref":"o"}},"nodes":{"o":{"kind":"object","value":{"a":1}}}}',
      },
    ]),
    { status: 200, body: /\{ a: 1 \}/ },
  ],
  [
    '4 multipart',
    'a sentinel whose id is no text',
    form('describe', [manifest({ $runnerFile: 'File', id: 5 })]),
    { status: 200, body: /id: 5/ },
  ],
  [
    '4 multipart',
    'a sentinel of another kind',
    form('describe', [manifest({ $runnerFile: 'Folder', id: 'F1' })]),
    { status: 200, body: /Folder/ },
  ],
];

const cases = casesOf(files, (what) => `a form: ${what}`);

module.exports = [
  ...cases,
  /** @type {RawCase} */ ({
    name: 'a form: a large file that the task never reads',
    covers: ['9 2'],
    request: form('uploadUnread', [ONE, file('F1', Buffer.alloc(2_000_000))]),
    excuse: { row: 2, nodeExposure: 'never sent', native: { status: 200, body: /F1.txt/ } },
  }),
  /** @type {RawCase} */ ({
    name: 'a form: a large file whose id the manifest does not name',
    covers: ['9 2', '4 unknown part'],
    request: upload([ONE, file('F2', Buffer.alloc(2_000_000)), file('F1', 'x')]),
    excuse: { row: 2, nodeExposure: 'never sent', native: { status: 200, body: /"text":"x"/ } },
  }),
  /** @type {RawCase} */ ({
    name: 'a form: a large file that is streamed back',
    covers: ['9 2'],
    request: form('uploadBack', [ONE, file('F1', Buffer.alloc(2_000_000))]),
    excuse: { row: 2, nodeExposure: 'never sent', native: { status: 200 } },
  }),
  /** @type {RawCase} */ ({
    name: 'a form: a Date beside its files',
    covers: ['9 13', '4 typed records'],
    request: form('describe', [manifest({ at: { __type: 'Date', value: '2024-01-01T00:00:00.000Z' } })]),
    excuse: {
      row: 13,
      nodeExposure: { status: 200, body: /at: \{\}/ },
      native: { status: 200, body: /2024-01-01/ },
    },
  }),
  /** @type {RawCase} */ ({
    name: 'a form: a Map beside its files',
    covers: ['9 13', '4 typed records'],
    request: form('describe', [manifest({ m: { __type: 'Map', value: [['a', 1]] } })]),
    excuse: {
      row: 13,
      nodeExposure: { status: 200, body: /m: \{\}/ },
      native: { status: 200, body: /'a' => 1/ },
    },
  }),
  /** @type {RawCase} */ ({
    name: 'a form: a task that takes a file and throws undefined',
    covers: ['9 14', '4 multipart'],
    request: form('uploadThrowsUndefined', [ONE, file('F1', 'abc')]),
    excuse: { row: 14, nodeExposure: OK, native: INTERNAL },
  }),
];
