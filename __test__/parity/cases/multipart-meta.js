// @ts-check
'use strict';

const { OK, failed } = require('../expected.js');
const { casesOf } = require('../table.js');
const { file, manifest, sentinel, upload } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */
/** @typedef {import('../wire/request.js').RequestSpec} RequestSpec */

const MISSING = failed(500, 'Internal Error', 'MISSING_FILE_PART');

/** @param {object} meta @param {Partial<import('../wire/multipart.js').Part>} [part] */
const withMeta = (meta, part) => upload([manifest({ file: sentinel('F1', meta) }), file('F1', 'abc', part)]);

/** What is known of a file. @type {[string, string, RequestSpec, RawCase['expect']][]} */
const meta = [
  [
    '4 manifest meta',
    'meta of the manifest alone',
    withMeta({ name: 'm.txt', type: 'text/m', size: 7, lastModified: 8, extra: { a: [1] } }),
    { status: 200, body: /"name":"m.txt","type":"text\/m","size":7,"lastModified":8,"extra":\{"a":\[1\]\}/ },
  ],
  [
    '4 manifest meta',
    'meta of the part alone',
    withMeta({}, { filename: 'p.bin', type: 'application/x-p' }),
    { status: 200, body: /"name":"p.bin","type":"application\/x-p"/ },
  ],
  [
    '4 manifest meta',
    'a sentinel without meta',
    upload([manifest({ file: { $runnerFile: 'File', id: 'F1' } }), file('F1', 'abc')]),
    OK,
  ],
  [
    '4 manifest meta',
    'a part without a content-type',
    withMeta({}, { type: undefined }),
    { status: 200, body: /"type":"text\/plain"/ },
  ],
  [
    '4 manifest meta',
    'a part whose content-type has parameters',
    withMeta({}, { type: 'Text/CSV; charset=latin1' }),
    OK,
  ],
  ['4 manifest meta', 'a part whose content-type is none', withMeta({}, { type: 'nonsense' }), OK],
  ['4 manifest meta', 'meta whose name is empty', withMeta({ name: '' }), OK],
  [
    '4 manifest meta',
    'meta that is null',
    upload([manifest({ file: sentinel('F1', /** @type {any} */ (null)) }), file('F1', 'abc')]),
    OK,
  ],
  ['4 manifest meta', 'a filename with a path', withMeta({}, { filename: 'C:\\\\dir\\\\a.txt' }), OK],
  ['4 manifest meta', 'a filename with another path', withMeta({}, { filename: '/etc/../b.txt' }), OK],
  ['4 manifest meta', 'a filename with quotes', withMeta({}, { filename: 'a\\"b.txt' }), OK],
  ['4 manifest meta', 'a filename beyond ASCII', withMeta({}, { filename: 'é漢.txt' }), OK],
  [
    '4 manifest meta',
    'a filename in extended form',
    withMeta(
      {},
      {
        head: `Content-Disposition: form-data; name="file:F1"; filename="a.txt"; filename*=UTF-8''%C3%A9.txt\r\n`,
      },
    ),
    OK,
  ],
  ['4 manifest meta', 'an empty filename', withMeta({}, { filename: '' }), MISSING],
  [
    '4 manifest meta',
    'a filename without quotes',
    withMeta({}, { head: 'Content-Disposition: form-data; name=file:F1; filename=a.txt\r\n' }),
    MISSING,
  ],
  ['4 manifest meta', 'a filename with an escape of HTML', withMeta({}, { filename: 'a%22b%0D%0A.txt' }), OK],
];

const cases = casesOf(meta, (what) => `a form: ${what}`);

module.exports = [
  ...cases,
  /** @type {RawCase} */ ({
    name: 'a form: meta whose name is null',
    covers: ['9 15', '4 manifest meta'],
    request: withMeta({ name: null, type: null, size: null }),
    excuse: {
      row: 15,
      nodeExposure: { status: 200, body: /"name":null/ },
      native: { status: 200, body: /"name":"F1/ },
    },
  }),
];
