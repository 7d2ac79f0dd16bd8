// @ts-check
'use strict';

const { OK, failed } = require('../expected.js');
const { casesOf } = require('../table.js');
const { BOUNDARY, ONE, file, form, manifest, sentinel, upload } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */
/** @typedef {import('../wire/request.js').RequestSpec} RequestSpec */

/** @param {string} code */
const invalid = (code) => ({ status: 400, body: new RegExp(`"${code}"`) });

const MISSING = failed(500, 'Internal Error', 'MISSING_FILE_PART');

/** Parts in other orders, of other kinds, and none. @type {[string, string, RequestSpec, RawCase['expect']][]} */
const parts = [
  [
    '4 file before its time',
    'a small file before the manifest',
    upload([file('F1', 'early'), ONE]),
    { status: 200, body: /early/ },
  ],
  [
    '4 unknown part',
    'unknown fields',
    upload([{ name: 'a', content: '1' }, ONE, { name: 'b', content: '2' }, file('F1', 'x')]),
    OK,
  ],
  [
    '4 unknown part',
    'files that the manifest does not name',
    upload([{ name: 'photo', filename: 'p', content: 'zz' }, ONE, file('F1', 'x')]),
    OK,
  ],
  [
    '4 unknown part',
    'a large file that the manifest does not name',
    upload([ONE, { name: 'photo', filename: 'p', content: Buffer.alloc(200_000) }, file('F1', 'x')]),
    OK,
  ],
  [
    '4 unknown part',
    'a file whose id the manifest does not name',
    upload([ONE, file('F2', 'y'), file('F1', 'x')]),
    OK,
  ],
  [
    '4 unknown part',
    'a part without a name',
    upload([ONE, { head: 'Content-Disposition: form-data\r\n', content: 'x' }, file('F1', 'x')]),
    OK,
  ],
  [
    '4 unknown part',
    'a part without headers',
    upload([ONE, { head: '', content: 'x' }, file('F1', 'x')]),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '4 unknown part',
    'a part of another disposition',
    upload([
      ONE,
      { head: 'Content-Disposition: attachment; name="file:F1"\r\n', content: 'x' },
      file('F1', 'right'),
    ]),
    OK,
  ],
  ['4 unknown part', 'a file without an id', upload([ONE, file('', 'y'), file('F1', 'x')]), OK],
  ['4 missing file', 'a file that never came', upload([ONE]), MISSING],
  [
    '4 missing file',
    'the second file that never came',
    form('uploadTwo', [manifest({ a: sentinel('A'), b: sentinel('B') }), file('A', 'x')]),
    MISSING,
  ],
  [
    '6 MISSING_FILE_PART',
    'a file that came as a field',
    upload([ONE, { name: 'file:F1', content: 'x' }]),
    MISSING,
  ],
  [
    '4 missing file',
    'a file that never came, to a task that does not read it',
    form('uploadUnread', [ONE]),
    MISSING,
  ],
  ['4 missing file', 'a file whose id differs in case', upload([ONE, file('f1', 'x')]), MISSING],
  [
    '4 multipart',
    'a file without a filename, but with the type of one',
    upload([ONE, file('F1', 'x', { filename: undefined, type: 'application/octet-stream' })]),
    OK,
  ],
  [
    '4 multipart',
    'text before the first part and after the last',
    upload([ONE, file('F1', 'x')], { start: 'preamble\r\n', end: `--${BOUNDARY}-- \r\nepilogue` }),
    OK,
  ],
  ['4 multipart', 'no line break at the end', upload([ONE, file('F1', 'x')], { end: `--${BOUNDARY}--` }), OK],
  [
    '4 multipart',
    'a boundary in quotes',
    upload([ONE, file('F1', 'x')], {
      boundary: "a'b(c) d:=?e",
      type: `multipart/form-data; boundary="a'b(c) d:=?e"`,
    }),
    OK,
  ],
  [
    '4 multipart',
    'a content-type in capitals, with more parameters',
    upload([ONE, file('F1', 'x')], { type: `Multipart/Form-DATA; charset=utf-8; Boundary=${BOUNDARY}` }),
    OK,
  ],
  [
    '4 multipart',
    'part headers in capitals',
    upload([
      { head: 'CONTENT-DISPOSITION: FORM-DATA; NAME="__manifest"\r\n', content: ONE.content },
      file('F1', 'x'),
    ]),
    OK,
  ],
  [
    '4 multipart',
    'a manifest in UTF-8',
    form('echo', [manifest({ a: 'é漢😀' })]),
    { status: 200, body: /é漢😀/ },
  ],
  [
    '4 multipart',
    'a manifest in latin1',
    form('echo', [
      {
        head: 'Content-Disposition: form-data; name="__manifest"\r\nContent-Type: application/json; charset=latin1\r\n',
        content: Buffer.from('{"input":"\xe9"}', 'latin1'),
      },
    ]),
    OK,
  ],
  [
    '4 multipart',
    'a manifest of type JSON',
    form('echo', [{ ...manifest(1), type: 'application/json' }]),
    OK,
  ],
];

const cases = casesOf(parts, (what) => `a form: ${what}`);

module.exports = cases;
