// @ts-check
'use strict';

const { Readable } = require('node:stream');
const { createNodeFile } = require('../runner.js').runner;
const { SENDS_STREAMS, clientOf, clients, contexts } = require('./clients.js');
const { outcomeOf } = require('./outcome.js');

/** @typedef {import('../cases.js').ScriptCase} ScriptCase */

/** @param {string | Buffer} content @param {string} [id] */
const file = (content, id = 'F1') =>
  createNodeFile({ name: `${id}.txt`, type: 'text/plain' }, { buffer: Buffer.from(content) }, id);

/** @param {number} count @param {number} size */
const pieces = (count, size) => Readable.from(Array.from({ length: count }, (_, n) => Buffer.alloc(size, n)));

const ALL_META = { name: 'a.csv', type: 'text/csv', size: 3, lastModified: 4, extra: { k: ['v'] } };

/**
 * Calls that only the clients for Node can make: row, name, call, configuration of the client.
 *
 * @type {[string, string, (client: any) => unknown, object?][]}
 */
const calls = [
  ['4 multipart', 'a file', (client) => client.task('upload', { file: file('content'), rest: 1 })],
  [
    '4 multipart',
    'a file of a stream',
    (client) => client.task('upload', { file: createNodeFile({ name: 's' }, { stream: pieces(50, 4096) }) }),
  ],
  [
    '4 multipart',
    'two files',
    (client) => client.task('uploadTwo', { a: file('first', 'A'), b: file('second', 'B') }),
  ],
  [
    '4 multipart',
    'files in a list',
    (client) => client.task('uploadList', { files: [file('1', 'a'), file('2', 'b'), file('3', 'c')] }),
  ],
  [
    '4 multipart',
    'an empty file',
    (client) => client.task('upload', { file: createNodeFile({ name: 'e' }, { stream: Readable.from([]) }) }),
  ],
  [
    '4 multipart',
    'a file into a temporary one',
    (client) => client.task('uploadTemp', { file: file('temporary') }),
  ],
  [
    '4 multipart',
    'a file that is read twice',
    (client) => client.task('uploadReadTwice', { file: file('twice') }),
  ],
  [
    '4 multipart',
    'a file that comes back',
    (client) => client.task('uploadBack', { file: file('there and back') }),
  ],
  [
    '4 multipart',
    "a file, and the task's own response",
    (client) => client.task('uploadResponds', { file: file('own') }),
  ],
  [
    '4 manifest meta',
    'all of the meta',
    (client) => client.task('upload', { file: createNodeFile(ALL_META, { buffer: Buffer.from('a,b') }) }),
  ],
  [
    '4 manifest meta',
    'a name beyond ASCII',
    (client) =>
      client.task('upload', { file: createNodeFile({ name: 'é漢"\\.txt' }, { buffer: Buffer.from('x') }) }),
  ],
  [
    '6 INTERNAL_ERROR',
    'a file, and a task that throws',
    (client) => client.task('uploadThrows', { file: file('thrown') }),
  ],
  [
    '6 UNAUTHORIZED',
    'a file with a wrong token',
    (client) => client.task('upload', { file: file('content') }),
    { auth: { token: 'wrong' } },
  ],
  [
    '8 every body mode',
    'a file with contexts',
    (client) => contexts.user.provide(1, () => client.task('whoUpload', { file: file('x') })),
    { contexts: [contexts.user] },
  ],
  ['4 octet-stream', 'a stream', (client) => client.task('body', pieces(3, 1000))],
  ['4 octet-stream', 'a stream of 4 MB', (client) => client.task('body', pieces(64, 65_536))],
  ['4 octet-stream', 'an empty stream', (client) => client.task('body', Readable.from([]))],
  ['4 octet-stream', 'a stream that comes back', (client) => client.task('streamEcho', pieces(64, 16_384))],
  [
    '4 octet-stream',
    'a stream that comes back in capitals',
    (client) => client.task('respondToBody', Readable.from([Buffer.from('to upper case')])),
  ],
  [
    '4 octet-stream',
    'a stream that is not read',
    (client) => client.task('bodyUnread', Readable.from([Buffer.from('unread')])),
  ],
  [
    '6 typed error',
    'a stream, and a typed error',
    (client) => client.task('throwSubclass', Readable.from([Buffer.from('x')])),
  ],
  [
    '6 FORBIDDEN',
    'a stream to a task that is not exposed',
    (client) => client.task('hidden', Readable.from([Buffer.from('x')])),
  ],
  [
    '8 every body mode',
    'a stream with contexts',
    (client) => contexts.user.provide(2, () => client.task('who', Readable.from([]))),
    { contexts: [contexts.user] },
  ],
];

/**
 * Streams as results, which only the smart client takes for a JSON input.
 *
 * @type {[string, string, (client: any) => unknown][]}
 */
const downloads = [
  ['5 stream', 'a stream as result', (client) => client.task('stream', 'readable')],
  ['5 stream', 'a large stream as result', (client) => client.task('stream', 'large')],
  [
    '5 stream wrapper',
    'a stream with headers as result',
    (client) => client.task('stream', 'wrapper, forbidden headers'),
  ],
];

/** @param {string} name @param {typeof calls[0]} call @returns {ScriptCase} */
const caseOf = (name, [covers, what, call, config]) => ({
  name: `${name}: ${what}`,
  covers: [covers],
  run: (side) => outcomeOf(() => call(clientOf(name, side, config))),
});

/** @type {ScriptCase[]} */
const transfers = [
  ...SENDS_STREAMS.flatMap((name) => calls.map((call) => caseOf(name, call))),
  ...Object.keys(clients).flatMap((name) => downloads.map((call) => caseOf(name, call))),
  caseOf('createHttpClient', [
    '4 octet-stream',
    "a stream of Node's",
    (client) => client.task('body', Readable.from([])),
  ]),
  caseOf('createHttpClient', [
    '4 multipart',
    "a file of Node's",
    (client) => client.task('upload', { file: file('x') }),
  ]),
  caseOf('createHttpClient', [
    '4 multipart',
    'a file of the web',
    (client) => {
      const _web = { blob: new Blob(['from the web'], { type: 'text/x-web' }) };
      return client.task('upload', {
        file: { $runnerFile: 'File', id: 'F1', meta: { name: 'web.txt' }, _web },
      });
    },
  ]),
];

module.exports = transfers;
