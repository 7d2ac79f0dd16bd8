// @ts-check
'use strict';

const { CHUNKS, KINDS } = require('../lib/transfer');

const LARGE = 64 * 2 ** 20;
const kind = (/** @type {string} */ name) =>
  /** @type {import('../lib/transfer').Kind} */ (KINDS.find((each) => each.name === name));
const [upload, download, duplex, form] = ['upload', 'download', 'duplex', 'form'].map(kind);

/** After how many bytes a client leaves: at once, within a chunk, after one, and with more than any buffer holds. */
const POINTS = [0, 1000, CHUNKS.length, 16 * CHUNKS.length];

/**
 * A kind of aborted call, and its share of a round: uploads, files and downloads in equal numbers. A `whole` one is not
 * aborted, and shows that the server still works. `points` restricts where it is aborted.
 * @typedef {object} Abort
 * @property {string} name
 * @property {number} share
 * @property {import('../lib/transfer').Kind} kind
 * @property {number[]} [points]
 * @property {boolean} [whole]
 */

/** @type {Abort[]} */
const ABORTS = [
  { name: 'upload', share: 5, kind: upload },
  // After more bytes than this, the end of the connection is noticed only once the task reads.
  {
    name: 'upload that is not read',
    share: 3,
    kind: { ...upload, name: 'wait' },
    points: POINTS.slice(0, 2),
  },
  { name: 'echoed upload', share: 2, kind: duplex },
  { name: 'file', share: 7, kind: form },
  { name: 'file that is not read', share: 3, kind: { ...form, name: 'wait' }, points: POINTS.slice(0, 2) },
  { name: 'download', share: 5, kind: download },
  { name: 'download with a head', share: 2, kind: { ...download, name: 'download.head' } },
  { name: 'download written by hand', share: 3, kind: { ...download, name: 'download.hand' } },
  { name: 'whole upload', share: 2, kind: upload, whole: true },
  { name: 'whole file', share: 2, kind: form, whole: true },
  { name: 'whole download', share: 2, kind: download, whole: true },
  { name: 'whole echo', share: 1, kind: duplex, whole: true },
];
const UPLOADS = 10;

/** The same calls again and again, well mixed. */
const ROUND = ABORTS.flatMap((abort) =>
  Array.from({ length: abort.share }, (_, n) => ({ abort, at: (n + 0.5) / abort.share })),
)
  .sort((a, b) => a.at - b.at)
  .map(({ abort }) => abort);

/** How many calls there are for each upload that breaks off. */
const CALLS_PER_ABORT = ROUND.length / UPLOADS;

module.exports = { CALLS_PER_ABORT, LARGE, POINTS, ROUND };
