// @ts-check
'use strict';

const { OK, tooLarge } = require('../expected.js');
const { event, task } = require('../wire/request.js');
const { file, form, manifest, sentinel } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** A JSON body of so many bytes. @param {number} size */
const json = (size) => `{"input":"${'x'.repeat(size - 12)}"}`;
const MiB = 1024 * 1024;

/** @type {[string, string, import('../wire/request.js').RequestSpec, RawCase['expect']][]} */
const bodies = [
  ['small json', 'a body at its limit', task('echo', json(64)), OK],
  ['small json', 'a body over its limit', task('echo', json(65)), tooLarge('Payload too large')],
  ['small json', 'an event over its limit', event('note', `${json(65)}`), tooLarge('Payload too large')],
  [
    'small json',
    'a body over its limit that is not JSON',
    task('echo', 'x'.repeat(65)),
    tooLarge('Payload too large'),
  ],
  [
    'small json',
    'a body in chunks at its limit',
    { ...task('echo'), chunks: [json(64).slice(0, 30), json(64).slice(30)] },
    OK,
  ],
  [
    'small json',
    'a body in chunks over its limit',
    { ...task('echo'), chunks: [json(65).slice(0, 30), json(65).slice(30)] },
    tooLarge('Payload too large'),
  ],
  [
    'small json',
    'a body over its limit of a task that is not exposed',
    task('hidden', json(65)),
    { status: 403 },
  ],
  ['plain', 'a body at the default limit of 2 MiB', task('depth', json(2 * MiB)), OK],
  ['plain', 'a body over the default limit', task('depth', json(2 * MiB + 1)), tooLarge('Payload too large')],
];

const ONE = manifest({ file: sentinel('F1') });
const caps = 'all caps';

/** @param {number} count */
const many = (count) => Array.from({ length: count }, (_, n) => file(`F${n}`, 'x'));
/** @param {number} count */
const listOf = (count) => manifest({ files: Array.from({ length: count }, (_, n) => sentinel(`F${n}`)) });
/** @param {number} count */
const fields = (count) => Array.from({ length: count }, (_, n) => ({ name: `f${n}`, content: 'x' }));

/** A manifest of so many bytes. @param {number} size */
const manifestOf = (size) => ({ name: '__manifest', content: json(size) });

/** @type {[string, string, import('../wire/request.js').RequestSpec, RawCase['expect']][]} */
const forms = [
  [caps, 'a file below its limit', form('upload', [ONE, file('F1', 'x'.repeat(999))]), OK],
  [
    caps,
    'a file at its limit',
    form('upload', [ONE, file('F1', 'x'.repeat(1000))]),
    tooLarge('File size limit exceeded'),
  ],
  [
    caps,
    'a file over its limit',
    form('upload', [ONE, file('F1', 'x'.repeat(1001))]),
    tooLarge('File size limit exceeded'),
  ],
  [
    caps,
    'a file far over its limit',
    form('upload', [ONE, file('F1', 'x'.repeat(200_000))]),
    tooLarge('File size limit exceeded'),
  ],
  [
    caps,
    'a file over its limit that is not read',
    form('uploadUnread', [ONE, file('F1', 'x'.repeat(1001))]),
    tooLarge('File size limit exceeded'),
  ],
  [
    caps,
    'a file over its limit before the manifest',
    form('upload', [file('F1', 'x'.repeat(1001)), ONE]),
    tooLarge('File size limit exceeded'),
  ],
  [
    caps,
    'an unknown file over its limit',
    form('upload', [{ name: 'p', filename: 'p', content: 'x'.repeat(1001) }, ONE, file('F1', 'x')]),
    OK,
  ],
  [caps, 'as many files as there may be', form('uploadList', [listOf(3), ...many(3)]), OK],
  [caps, 'one file too many', form('uploadList', [listOf(3), ...many(4)]), tooLarge('Files limit exceeded')],
  [
    caps,
    'one file too many in the manifest',
    form('uploadList', [listOf(4), ...many(4)]),
    tooLarge('Files limit exceeded'),
  ],
  [
    caps,
    'one file too many, which the manifest does not name',
    form('uploadList', [listOf(3), ...many(3), { name: 'p', filename: 'p', content: 'x' }]),
    tooLarge('Files limit exceeded'),
  ],
  [caps, 'as many fields as there may be', form('echo', [manifest(1), ...fields(3)]), OK],
  [caps, 'one field too many', form('echo', [manifest(1), ...fields(4)]), tooLarge('Fields limit exceeded')],
  [
    caps,
    'one field too many before the manifest',
    form('echo', [...fields(4), manifest(1)]),
    tooLarge('Fields limit exceeded'),
  ],
  [caps, 'a manifest below its limit', form('echo', [manifestOf(499)]), OK],
  [caps, 'a manifest at its limit', form('echo', [manifestOf(500)]), tooLarge('Field limit exceeded')],
  [caps, 'a manifest over its limit', form('echo', [manifestOf(501)]), tooLarge('Field limit exceeded')],
  [
    caps,
    'a field over its limit',
    form('echo', [manifest(1), { name: 'a', content: 'x'.repeat(501) }]),
    tooLarge('Field limit exceeded'),
  ],
  ['few parts', 'fewer parts than there may be', form('echo', [manifest(1)]), OK],
  [
    'few parts',
    'as many parts as there may be',
    form('upload', [ONE, file('F1', 'x')]),
    tooLarge('Parts limit exceeded'),
  ],
  ['plain', 'as many files as there may be by default', form('uploadList', [listOf(10), ...many(10)]), OK],
  [
    'plain',
    'more files than there may be by default',
    form('uploadList', [listOf(10), ...many(11)]),
    tooLarge('Files limit exceeded'),
  ],
  ['plain', 'as many fields as there may be by default', form('echo', [manifest(1), ...fields(99)]), OK],
  [
    'plain',
    'more fields than there may be by default',
    form('echo', [manifest(1), ...fields(100)]),
    tooLarge('Fields limit exceeded'),
  ],
  ['plain', 'a manifest below the default limit', form('depth', [manifestOf(MiB - 1)]), OK],
  [
    'plain',
    'a manifest over the default limit',
    form('depth', [manifestOf(MiB + 1)]),
    tooLarge('Field limit exceeded'),
  ],
  [
    'plain',
    'a long name of a field',
    form('echo', [manifest(1), { name: 'n'.repeat(200), content: 'x' }]),
    OK,
  ],
];

/** @type {RawCase[]} */
const limits = [
  ...bodies.map(([variant, what, request, expect]) => ({
    name: `${what} (${variant})`,
    covers: ['4 JSON limit', ...(expect?.status === 413 ? ['6 PAYLOAD_TOO_LARGE'] : [])],
    variant,
    request,
    expect,
  })),
  ...forms.map(([variant, what, request, expect]) => ({
    name: `a form: ${what} (${variant})`,
    covers: ['4 multipart limits', ...(expect?.status === 413 ? ['6 PAYLOAD_TOO_LARGE'] : [])],
    variant,
    request,
    expect,
  })),
  {
    name: 'a form: the fields have their default limit when another limit is given',
    covers: ['9 6'],
    variant: 'one cap',
    request: form('echo', [manifest(1), ...fields(100)]),
    excuse: { row: 6, nodeExposure: OK, native: tooLarge('Fields limit exceeded') },
  },
  {
    name: 'a form: the limit that is given',
    covers: ['4 multipart limits'],
    variant: 'one cap',
    request: form('uploadList', [listOf(2), ...many(3)]),
    expect: tooLarge('Files limit exceeded'),
  },
];

module.exports = limits;
