// @ts-check
'use strict';

const { OK, failed } = require('../expected.js');
const { casesOf } = require('../table.js');
const { BOUNDARY, ONE, file, form, manifest, upload } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */
/** @typedef {import('../wire/request.js').RequestSpec} RequestSpec */

/** @param {string} code */
const invalid = (code) => ({ status: 400, body: new RegExp(`"${code}"`) });
const BROKEN = failed(500, 'Internal Error', 'STREAM_ERROR');

/** Forms that are none. @type {[string, string, RequestSpec, RawCase['expect']][]} */
const broken = [
  ['6 MISSING_MANIFEST', 'no manifest', upload([file('F1', 'x')]), invalid('MISSING_MANIFEST')],
  ['6 MISSING_MANIFEST', 'no parts', upload([]), invalid('MISSING_MANIFEST')],
  [
    '6 MISSING_MANIFEST',
    'an empty manifest',
    upload([{ name: '__manifest', content: '' }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 MISSING_MANIFEST',
    'a manifest of null',
    upload([{ name: '__manifest', content: 'null' }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 MISSING_MANIFEST',
    'a manifest of a number',
    upload([{ name: '__manifest', content: '7' }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 MISSING_MANIFEST',
    'a manifest of undefined',
    upload([{ name: '__manifest', content: '{"__type":"Undefined","value":null}' }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 MISSING_MANIFEST',
    'a manifest that is a file',
    upload([{ name: '__manifest', filename: 'm', content: ONE.content }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 MISSING_MANIFEST',
    'a manifest of another name',
    upload([{ name: '__Manifest', content: ONE.content }]),
    invalid('MISSING_MANIFEST'),
  ],
  [
    '6 INVALID_MULTIPART',
    'a manifest that is not JSON',
    upload([{ name: '__manifest', content: '{"input":' }]),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'a manifest of an unknown type',
    upload([{ name: '__manifest', content: '{"input":{"__type":"Nobody","value":1}}' }]),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'two manifests',
    form('echo', [manifest(1), manifest(2)]),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'a manifest and a blank one',
    form('echo', [manifest(1), { name: '__manifest', content: ' ' }]),
    OK,
  ],
  [
    '6 INVALID_MULTIPART',
    'no boundary',
    upload([ONE], { type: 'multipart/form-data' }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'an empty boundary',
    upload([ONE], { type: 'multipart/form-data; boundary=' }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'another boundary',
    upload([ONE], { type: 'multipart/form-data; boundary=other' }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'another type that names form-data',
    upload([ONE], { type: `text/plain; multipart/form-data; boundary=${BOUNDARY}` }),
    invalid('INVALID_MULTIPART'),
  ],
  ['6 INVALID_MULTIPART', 'an empty body', { ...upload([]), body: '' }, invalid('INVALID_MULTIPART')],
  ['6 INVALID_MULTIPART', 'no body', { ...upload([]), body: undefined }, invalid('INVALID_MULTIPART')],
  [
    '6 INVALID_MULTIPART',
    'a body that is no form',
    { ...upload([]), body: '{"input":1}' },
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'an end within the head of a part',
    upload([], { end: `--${BOUNDARY}\r\nContent-Dispo` }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'an end within the manifest',
    upload([], { end: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="__manifest"\r\n\r\n{"inp` }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'an end after the manifest',
    upload([ONE], { end: '' }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 STREAM_ERROR',
    'an end within a file',
    upload([ONE], {
      end: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file:F1"; filename="a"\r\n\r\nabc`,
    }),
    BROKEN,
  ],
  [
    '6 STREAM_ERROR',
    'an end within a file that is not read',
    form('uploadUnread', [ONE], {
      end: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file:F1"; filename="a"\r\n\r\nabc`,
    }),
    BROKEN,
  ],
  [
    '6 INVALID_MULTIPART',
    'an end within the last boundary',
    upload([ONE, file('F1', 'x')], { end: `--${BOUNDARY}-` }),
    invalid('INVALID_MULTIPART'),
  ],
  [
    '6 INVALID_MULTIPART',
    'a part header that is none',
    upload([ONE, { head: 'no colon here\r\n', content: 'x' }, file('F1', 'x')]),
    invalid('INVALID_MULTIPART'),
  ],
];

const cases = casesOf(broken, (what) => `a form: ${what}`);

module.exports = cases;
